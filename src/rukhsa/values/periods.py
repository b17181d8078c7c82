"""Days of work and periods: which days count, when a deadline falls, which is the last day of a period."""

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Literal

from rukhsa.errors import RukhsaError

Unit = Literal["working day", "day", "month", "year"]


class PeriodError(RukhsaError, ValueError):
    """A period or a deadline that cannot be."""

    code = "bad-period"


@dataclass(frozen=True, kw_only=True)
class Period:
    """From a first to a last day, both included; `end=None` has no end."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise PeriodError(f"the last day ({self.end}) is before the first ({self.start})")

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)

    @classmethod
    def lasting(cls, start: date, count: int, unit: Literal["day", "month", "year"]) -> "Period":
        """A period that begins on `start`: one year from 1 November 2020 ends on 31 October 2021."""
        if count < 1:
            raise PeriodError("a period lasts at least one day")
        return cls(start=start, end=shifted(start, count, unit) - timedelta(days=1))

    @classmethod
    def renewed(
        cls, old_end: date, count: int, unit: Literal["day", "month", "year"], *, today: date
    ) -> "Period":
        """The period of a renewal: from the day after the old end, or from today where that is past."""
        return cls.lasting(max(old_end + timedelta(days=1), today), count, unit)


@dataclass(frozen=True, kw_only=True)
class WorkingCalendar:
    """The working week (0 is Monday, 6 is Sunday), the country of the holidays, and days added."""

    weekdays: frozenset[int]
    country: str | None = None
    closed: frozenset[date] = field(default_factory=frozenset)
    opened: frozenset[date] = field(default_factory=frozenset)  # holidays on which offices work

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= set(range(7)):
            raise PeriodError("a working week has at least one day, and days are 0 (Monday) to 6 (Sunday)")

    def is_working(self, day: date) -> bool:
        """Whether offices work on that day."""
        if day in self.closed or day.weekday() not in self.weekdays:
            return False
        return day in self.opened or not self._is_holiday(day)

    def after(self, day: date, working_days: int) -> date:
        """The day that many working days after `day`; 0 gives `day` itself or the next working day."""
        return self._count(day, working_days, timedelta(days=1))

    def before(self, day: date, working_days: int) -> date:
        """The day that many working days before `day`."""
        return self._count(day, working_days, timedelta(days=-1))

    def deadline(self, day: date, count: int, unit: Unit) -> date:
        """The last day on which something due `count` units after `day` is in time.

        One in calendar days, months or years that falls on a day without work moves to the next working day.
        """
        if unit == "working day":
            return self.after(day, count)
        return self.after(shifted(day, count, unit), 0)

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days lie after `first` up to and including `last`; 0 when there are none."""
        days = (first + timedelta(days=offset) for offset in range(1, (last - first).days + 1))
        return sum(self.is_working(day) for day in days)

    def _count(self, day: date, working_days: int, step: timedelta) -> date:
        if working_days < 0:
            raise PeriodError("working days are counted from 0 upward")
        for _ in range(working_days):
            day = self._next_working(day + step, step)
        return self._next_working(day, step)

    def _next_working(self, day: date, step: timedelta) -> date:
        while not self.is_working(day):
            day += step
        return day

    def _is_holiday(self, day: date) -> bool:
        return self.country is not None and day in _holidays(self.country, day.year)


def shifted(day: date, count: int, unit: Literal["day", "month", "year"]) -> date:
    """The same day, later (earlier for a negative count); 31 January and one month is the end of February."""
    if unit == "day":
        return day + timedelta(days=count)
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    import holidays  # here: it takes longer to import than most commands to run

    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError as error:
        raise PeriodError(f"no holidays are known for country {country!r}") from error
