"""Seasons: a span of days that comes every year, by the Gregorian calendar or as a Hijri month."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from rukhsa.errors import RukhsaError
from rukhsa.values.hijri import hijri_day, hijri_month
from rukhsa.values.periods import Period

MonthDay = tuple[int, int]  # month and day of the month


class SeasonError(RukhsaError, ValueError):
    """A season that cannot be, or a day for which none is known."""

    code = "no-season"


@dataclass(frozen=True, kw_only=True)
class Season:
    """Every year from `first` to `last` (into the next year where `last` is earlier), or in a Hijri month.

    What an authority announced stands in place of the reckoned period that it overlaps: the moon is seen, and
    the camps open when the governor says.
    """

    first: MonthDay | None = None
    last: MonthDay | None = None
    hijri_month: int | None = None
    announced: tuple[Period, ...] = ()

    def near(self, day: date) -> Period:
        """The period that holds the day, or the next one after it. Raise `SeasonError` when none is known."""
        ahead = self._ahead(day)
        if not ahead:
            raise SeasonError(f"no period of this season is known after {day}")
        return min(ahead, key=lambda period: period.start)

    def __contains__(self, day: date) -> bool:
        return any(day in period for period in self._periods(day))

    def _ahead(self, day: date) -> list[Period]:
        return [period for period in self._periods(day) if (period.end or day) >= day]

    def _periods(self, day: date) -> Iterator[Period]:
        reckoned = self._months(day) if self.hijri_month else self._years(day)
        free = (period for period in reckoned if not any(_overlap(period, each) for each in self.announced))
        return chain(self.announced, free)

    def _months(self, day: date) -> Iterator[Period]:
        # A day outside the tables is one for which no month is known.
        year = (hijri_day(day) or (0, 0, 0))[0]
        for each in (year - 1, year, year + 1, year + 2):
            if _FIRST_HIJRI_YEAR <= each <= _LAST_HIJRI_YEAR:
                yield hijri_month(each, self.hijri_month or 1)

    def _years(self, day: date) -> Iterator[Period]:
        if not self.first or not self.last:
            return
        for year in (day.year - 1, day.year, day.year + 1, day.year + 2):
            yield Period(start=_on(year, self.first), end=_on(year + (self.last < self.first), self.last))


_FIRST_HIJRI_YEAR, _LAST_HIJRI_YEAR = 1343, 1500


def _on(year: int, day: MonthDay) -> date:
    """The day of that year; 29 February is the day before 1 March."""
    month, number = day
    if (month, number) == (2, 29):
        return date(year, 3, 1) - timedelta(days=1)
    return date(year, month, number)


def _overlap(one: Period, other: Period) -> bool:
    return other.start <= (one.end or date.max) and one.start <= (other.end or date.max)
