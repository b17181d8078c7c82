"""When a step is due: the end of the last day on which it is in time, by the territory's working days."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from rukhsa.catalogue.facts import day_of
from rukhsa.catalogue.shape import Moment, Span
from rukhsa.catalogue.territory import territory


def deadline(span: Span, *, after: datetime) -> datetime:
    """The moment after which something due within `span` of `after` is late."""
    day = territory().calendar.deadline(timezone.localdate(after), span.count, span.unit)
    return _end_of(day)


def due_at(moment: Moment, anchors: Mapping[str, date]) -> datetime:
    """The end of the day that a moment such as "5 days after end" means; KeyError without its anchor."""
    return _end_of(day_of(moment, anchors, territory().calendar))


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
