"""What a rule of fsck is, and what it finds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What holds, and the statement that finds where it does not."""

    code: str
    holds: str
    query: str
    is_waiting: bool = False  # what it finds is no fault: a person has something to do


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that breaks a rule: which thing, and the amount or number that tells of it."""

    subject: str
    detail: int


def find(cursor: Any, rule: Rule, values: Mapping[str, Any]) -> list[Finding]:
    """Everything that breaks a rule."""
    cursor.execute(rule.query, values)
    return [Finding(subject=str(subject), detail=int(detail)) for subject, detail in cursor.fetchall()]
