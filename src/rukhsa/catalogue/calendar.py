"""The calendar in a territory's file: days added to the holidays, seasons, and hours of work."""

from datetime import date, time
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from rukhsa.catalogue.shape import Day, Id, Misread, Shape, require_one
from rukhsa.values.names import Text
from rukhsa.values.periods import Period
from rukhsa.values.seasons import MonthDay, Season

DayOfYear = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class ClosedDay(Shape):
    """A closed day beside the public holidays: of the whole territory, or of some authorities (codes)."""

    day: Day
    reason: Text
    authorities: tuple[str, ...] = ()


class Announced(Shape):
    """The days of one season as they were announced, both included."""

    from_: Day
    to: Day
    source: str

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to < self.from_:
            raise Misread(en="to is before from.", ar="تاريخ to قبل تاريخ from.")
        return self


class SeasonRule(Shape):
    """A season: every year from a day to a day ("11-20" is 20 November), or in a month of the Hijri year."""

    name: Text
    from_: DayOfYear | None = None
    to: DayOfYear | None = None
    hijri_month: Annotated[int, Field(ge=1, le=12)] | None = None
    announced: tuple[Announced, ...] = ()
    source: str

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        require_one(self, "from_", "hijri_month")
        if (self.from_ is None) != (self.to is None):
            raise Misread(en="from and to are said together.", ar="تُذكر from وto معًا.")
        for day in filter(None, (self.from_, self.to)):
            _require_day(day)
        return self

    @property
    def season(self) -> Season:
        """The season as a value."""
        return Season(
            first=_month_day(self.from_),
            last=_month_day(self.to),
            hijri_month=self.hijri_month,
            announced=tuple(Period(start=each.from_, end=each.to) for each in self.announced),
        )


class Hours(Shape):
    """The hours in which offices are open, on all working days or on those of a season."""

    from_: Clock
    to: Clock
    season: Id | None = None
    source: str

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to <= self.from_:
            raise Misread(
                en="offices close after they open: to is later than from.",
                ar="تُغلق المكاتب بعد أن تفتح: to بعد from.",
            )
        return self

    @property
    def opens(self) -> time:
        """When offices open, by the territory's clock."""
        return time.fromisoformat(self.from_)

    @property
    def closes(self) -> time:
        """When offices close, by the territory's clock."""
        return time.fromisoformat(self.to)


def _month_day(text: DayOfYear | None) -> MonthDay | None:
    return (int(text[:2]), int(text[3:])) if text else None


def _require_day(text: DayOfYear) -> None:
    try:
        date.fromisoformat(f"2024-{text}")
    except ValueError as error:
        raise Misread(en=f'"{text}" is no day of any year.', ar=f'"{text}" ليس يومًا في أي سنة.') from error
