"""A rule of fsck and its findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What must hold, and the SQL statement that finds what breaks it."""

    code: str
    holds: str
    query: str
    is_waiting: bool = False  # its findings are no faults: they wait for a person


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that breaks a rule, with an amount or number that explains it."""

    subject: str
    detail: int


def find(cursor: Any, rule: Rule, values: Mapping[str, Any]) -> list[Finding]:
    """Everything that breaks a rule."""
    cursor.execute(rule.query, values)
    return [Finding(subject=str(subject), detail=int(detail)) for subject, detail in cursor.fetchall()]
