"""When a step is due: the end of the last day on which it is in time, by the territory's working days."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from rukhsa.catalogue.shape import Moment, Span
from rukhsa.catalogue.territory import territory
from rukhsa.values.periods import shifted


def deadline(span: Span, *, after: datetime) -> datetime:
    """The moment after which something due within `span` of `after` is late."""
    day = territory().calendar.deadline(timezone.localdate(after), span.count, span.unit)
    return _end_of(day)


def due_at(moment: Moment, anchors: Mapping[str, date]) -> datetime:
    """The end of the day that a moment such as "5 days after end" means; KeyError without its anchor."""
    day = anchors[moment.anchor]
    if moment.span is None:
        return _end_of(day)
    count, unit, later = moment.span.count, moment.span.unit, moment.direction == "after"
    if unit == "working day":
        calendar = territory().calendar
        return _end_of(calendar.after(day, count) if later else calendar.before(day, count))
    return _end_of(shifted(day, count if later else -count, unit))


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
