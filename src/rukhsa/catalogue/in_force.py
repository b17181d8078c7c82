"""What the desk changed above the territory's files, as this process knows it: values by kind and key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CLOSED_DAY, NOTICE, REASON, ACCEPTANCE, BANK = "closed-day", "notice", "reason", "acceptance", "bank"
OFFICE, COMMITTEE, LETTER = "office", "committee", "letter"


@dataclass
class _Known:
    """The values, and a number that grows with each change of them, by which readers notice it."""

    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    version: int = 0


_known = _Known()


def hold(values: Mapping[str, Mapping[str, Any]]) -> None:
    """Let these be the values in force; a value of None says that the desk removed what the file has."""
    if values != _known.values:
        _known.values, _known.version = values, _known.version + 1


def current(kind: str) -> Mapping[str, Any]:
    """The values of a kind that the desk changed, by key; it reads memory alone."""
    return _known.values.get(kind, {})


def version() -> int:
    """It differs after each change."""
    return _known.version
