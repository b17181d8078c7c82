"""Rules of retention: how long personal data of each kind is kept, from when, and why, as the territory writes them."""

import calendar
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from rukhsa.catalogue.provenance import ValueSource
from rukhsa.catalogue.reading import shaped
from rukhsa.catalogue.shape import Shape, Span
from rukhsa.catalogue.source import load
from rukhsa.catalogue.territory import territory_folder
from rukhsa.values.names import Text

Kind = Literal[
    "drafts", "withdrawn", "lapsed", "refused", "granted", "violations", "persons",
    "documents", "money", "journal", "security-log", "sign-in", "unfinished-uploads",
]  # fmt: skip
OF_APPLICATIONS: Final[tuple[Kind, ...]] = ("drafts", "withdrawn", "lapsed", "refused", "granted")
# What is erased row by row, in this order: a violation after the application that settles it, a person last. The rest
# is kept, or forgotten by the room that has it.
ERASED: Final[tuple[Kind, ...]] = (*OF_APPLICATIONS, "violations", "persons")
# No data protection officer answers for it alone: it goes by itself or stays, and is never left to two people.
OF_NO_AUTHORITY: Final[tuple[Kind, ...]] = ("persons",)
_MONTHS: Final = {"month": 1, "year": 12}


class RetentionRule(Shape):
    """How long one kind is kept: `keep` after the moment `from`, or without an end; who lets it go; and the reason."""

    text: Text
    keep: Span | None = Field(None, description="without an end when missing")
    from_: Literal["last-save", "end", "document-end", "last-sign-in", "entry", "request"]
    by: Literal["nightly", "two-people", "nobody"] = "two-people"
    source: ValueSource

    def latest(self, at: datetime) -> datetime | None:
        """The moment before which its time must have begun for it to be over at `at`; None if it never is."""
        if self.keep is None:
            return None
        if months := _MONTHS.get(self.keep.unit, 0) * self.keep.count:
            return _months_before(at, months)
        return at - timedelta(days=self.keep.count)


class Retention(Shape):
    """The rules of a territory, by the kind of data."""

    retention: dict[Kind, RetentionRule]


def rules(folder: Path | None = None) -> dict[Kind, RetentionRule]:
    """The rules of the territory that is served; none without a file. Raises DefinitionRefused."""
    return _read(folder or territory_folder())


@cache
def _read(folder: Path) -> dict[Kind, RetentionRule]:
    file = folder / "retention.yaml"
    return dict(shaped(load(file), Retention).value.retention) if file.exists() else {}


def _months_before(at: datetime, months: int) -> datetime:
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return at.replace(year=year, month=month + 1, day=min(at.day, last))
