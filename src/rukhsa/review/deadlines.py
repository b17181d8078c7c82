"""When a step is due: the end of the last day on which it is in time, by the working days of the authority."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from rukhsa.catalogue.facts import day_of
from rukhsa.catalogue.shape import Moment, Span
from rukhsa.catalogue.territory import territory
from rukhsa.values.periods import WorkingCalendar


def deadline(span: Span, *, after: datetime, authority: str | None) -> datetime:
    """The moment after which something due within `span` of `after` is late."""
    day = _calendar(authority).deadline(timezone.localdate(after), span.count, span.unit)
    return _end_of(day)


def due_at(moment: Moment, anchors: Mapping[str, date], *, authority: str | None) -> datetime:
    """The end of the day that a moment such as "5 days after end" means; KeyError without its anchor."""
    return _end_of(day_of(moment, anchors, _calendar(authority)))


def _calendar(authority: str | None) -> WorkingCalendar:
    return territory().calendar_of(authority)


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
