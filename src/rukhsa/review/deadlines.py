"""When a step is due: the end of the last day on which it is in time, by the working days of its authority."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from rukhsa.catalogue.shape import Moment, Span
from rukhsa.catalogue.territory import territory
from rukhsa.values.periods import WorkingCalendar


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A time in which the applicant has the application, and the clock of the others stands still."""

    start: datetime
    end: datetime


def deadline(span: Span, *, after: datetime, authority: str | None, pauses: Iterable[Pause] = ()) -> datetime:
    """The moment after which something due within `span` of `after` is late; pauses do not count."""
    calendar = _calendar(authority)
    day = calendar.deadline(timezone.localdate(after), span.count, span.unit)
    return _end_of(_prolonged(day, [pause for pause in pauses if pause.start >= after], calendar))


def prolonged(
    due_at: datetime, *, after: datetime, authority: str | None, pauses: Iterable[Pause]
) -> datetime:
    """The same for what was asked for at `after` and was due at `due_at`."""
    day = timezone.localdate(due_at) - timedelta(days=1)
    since = [pause for pause in pauses if pause.start >= after]
    return _end_of(_prolonged(day, since, _calendar(authority)))


def due_at(moment: Moment, anchors: Mapping[str, date], *, authority: str | None) -> datetime:
    """The end of the day that a moment such as "5 days after end" means; KeyError without its anchor."""
    return _end_of(moment.day(anchors, _calendar(authority)))


def _prolonged(day: date, pauses: Iterable[Pause], calendar: WorkingCalendar) -> date:
    """As many working days later as the applicant had it; a pause that begins too late mends nothing."""
    for pause in pauses:
        start, end = timezone.localdate(pause.start), timezone.localdate(pause.end)
        if start <= day:
            # The day of the return is the applicant's, the day of the answer is the authority's again.
            lost = calendar.working_days_between(start - timedelta(days=1), end - timedelta(days=1))
            day = calendar.after(day, lost) if lost else day
    return day


def _calendar(authority: str | None) -> WorkingCalendar:
    return territory().calendar_of(authority)


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
