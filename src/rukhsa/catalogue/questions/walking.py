"""In what an application of a walk differs from the others, and what it says where it cannot answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from rukhsa.errors import RukhsaError


class CannotAnswer(RukhsaError):
    """A question for which no plausible answer is known."""

    code = "cannot-answer"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """The number of an application among those of a walk, from 0, its day, and what it can name."""

    number: int
    on: date
    block: int
    parents: Mapping[str, str] = field(default_factory=dict)  # instrument numbers, by question
