"""A figure: what it counts, in which unit, from which facts, and how its rows are worked out."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from django.db import connection

from rukhsa.catalogue.territory import territory
from rukhsa.values.names import Text

type Rows = Callable[["Days"], Iterable["Counted"]]


class Counted(NamedTuple):
    """One row: of a day, an authority (None: of no one authority), a service, a figure and one of its keys."""

    day: date
    authority: str | None
    service: str
    figure: str
    key: str
    times: int
    total: int


@dataclass(frozen=True, kw_only=True)
class Days:
    """The days, from the first to the last, for which rows are worked out."""

    first: date
    last: date

    @property
    def begin(self) -> datetime:
        """When the first day begins, by the clock of the territory."""
        return territory().bounds(self.first)[0]

    @property
    def end(self) -> datetime:
        """When the last day ends."""
        return territory().bounds(self.last)[1]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """The definition of one figure, told in both languages, and the rows of it.

    `rows` reads the facts of some days. Where `is_standing`, a row says how things stood at the end of its day, and a
    month is its last day; otherwise a month is the sum of its days.
    """

    id: str
    name: Text
    counts: Text  # what it counts
    unit: Text
    span: Text  # to which day something belongs
    rounding: Text
    facts: tuple[str, ...]  # the tables from which it is worked out
    keys: Text  # by what its rows are told apart
    rows: Rows = field(repr=False, compare=False)
    is_standing: bool = False

    @property
    def meaning(self) -> str:
        """The SHA-256 of what works the rows out: its statement, or else its module. It changes when they may."""
        rows = self.rows
        told = rows.statement if isinstance(rows, _Selected) else inspect.getsource(inspect.getmodule(rows))  # type: ignore[arg-type]
        return sha256(told.encode()).hexdigest()


def selected(figure: str, statement: str) -> Rows:
    """The rows of a statement that gives day, authority, service, key, count and total of some days.

    It is told `begin`, `end`, `first`, `last`, the `zone` of the days, and the codes of all `authorities`.
    """
    return _Selected(figure=figure, statement=statement)


@dataclass(frozen=True, kw_only=True)
class _Selected:
    """The rows of one statement."""

    figure: str
    statement: str

    def __call__(self, days: Days) -> Iterable[Counted]:
        told: dict[str, Any] = {
            "begin": days.begin,
            "end": days.end,
            "first": days.first,
            "last": days.last,
            "zone": territory().time_zone,
            "authorities": [each.code for each in territory().authorities],
        }
        with connection.cursor() as cursor:
            cursor.execute(self.statement, told)
            found = cursor.fetchall()
        for day, authority, service, key, count, total in found:
            yield Counted(day, authority, service or "", self.figure, key, int(count), int(total))
