"""Deadlines in the working days of an authority: of a step of the review, and of the decision that was promised."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import Q
from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.catalogue.definition import days_of, effective_answers
from rukhsa.catalogue.shape import Moment, Span
from rukhsa.catalogue.territory import territory
from rukhsa.values.periods import WorkingCalendar

REMINDED_FROM: Final = timedelta(hours=7)  # of the morning, when the letter of the day is written


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A time in which the applicant has the application, and the clock of the others stands still."""

    start: datetime
    end: datetime


def deadline(span: Span, *, after: datetime, authority: str | None, pauses: Iterable[Pause] = ()) -> datetime:
    """The moment after which something due within `span` of `after` is late; pauses do not count."""
    calendar = territory().calendar_of(authority)
    day = calendar.deadline(timezone.localdate(after), span.count, span.unit)
    return _end_of(_prolonged(day, [pause for pause in pauses if pause.start >= after], calendar))


def prolonged(
    due_at: datetime, *, after: datetime, authority: str | None, pauses: Iterable[Pause]
) -> datetime:
    """A deadline that was set at `after`, moved by the pauses since."""
    day = timezone.localdate(due_at) - timedelta(days=1)
    since = [pause for pause in pauses if pause.start >= after]
    return _end_of(_prolonged(day, since, territory().calendar_of(authority)))


def due_at(moment: Moment, anchors: Mapping[str, date], *, authority: str | None) -> datetime:
    """The end of the day that a moment such as "5 days after end" means; KeyError without its anchor."""
    return _end_of(moment.day(anchors, territory().calendar_of(authority)))


def due_soon(at: datetime, *, authority_path: str = "authority") -> Q:
    """What is due by the end of the next working day of its authority: people are reminded of it from seven on.

    Where an authority has closed days of its own, its next working day is another.
    """
    today = timezone.localdate(at - REMINDED_FROM)
    ends: dict[datetime, list[str]] = {}
    for rule in territory().authorities:
        ends.setdefault(_end_of(territory().calendar_of(rule.code).after(today, 1)), []).append(rule.code)
    everywhere = min(ends)
    soon = Q(due_at__lte=everywhere)
    for end in ends.keys() - {everywhere}:
        soon |= Q(due_at__lte=end, **{f"{authority_path}__in": ends[end]})
    return soon


def _prolonged(day: date, pauses: Iterable[Pause], calendar: WorkingCalendar) -> date:
    """As many working days later as the applicant had it; a pause that begins after the day changes nothing."""
    for pause in pauses:
        start, end = timezone.localdate(pause.start), timezone.localdate(pause.end)
        if start <= day:
            # The day of the return is the applicant's, the day of the answer is the authority's again.
            lost = calendar.working_days_between(start - timedelta(days=1), end - timedelta(days=1))
            day = calendar.after(day, lost) if lost else day
    return day


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


class Clock(StrEnum):
    """Whether the days of a review are counting."""

    AWAITED = "awaited"  # it starts when what is due at submission is paid
    RUNS = "runs"
    STANDS = "stands"  # while the applicant has it


@dataclass(frozen=True, kw_only=True)
class Expected:
    """The last day on which a decision is in time; of a clock that does not run, if the applicant acts today."""

    day: date
    clock: Clock
    is_late: bool


def expected(
    application: Application,
    *,
    begun_at: datetime | None,
    pauses: Sequence[Pause],
    stands_since: datetime | None,
    at: datetime,
) -> Expected | None:
    """By when an open application is decided; None where its definition promises no days.

    Steps done early or late do not move the day: only the days that the applicant had alone do. It reads nothing from
    the database.
    """
    answers = effective_answers(application.definition, application.answers)
    days = Span(count=days_of(application.definition, answers), unit="working day")
    if not days.count:
        return None
    now = [Pause(start=stands_since, end=at)] if stands_since else []
    authority = application.authority_id
    ends_at = deadline(days, after=begun_at or at, authority=authority, pauses=[*pauses, *now])
    running = Clock.STANDS if stands_since else Clock.RUNS
    return Expected(
        day=timezone.localdate(ends_at - timedelta(microseconds=1)),
        clock=running if begun_at else Clock.AWAITED,
        is_late=at >= ends_at,
    )
