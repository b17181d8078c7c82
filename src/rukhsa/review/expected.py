"""By which day a decision is expected: what the definition promises, in the working days of its authority."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.catalogue.definition import days_of, heard
from rukhsa.catalogue.shape import Span
from rukhsa.review.deadlines import Pause, deadline


class Clock(StrEnum):
    """Whether the days of a review are counting."""

    AWAITED = "awaited"  # it begins when what is due at submission is paid
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

    Steps done early bring nothing forward and steps done late move nothing: what was promised stands, and moves
    by the days that the applicant had alone. It reads nothing from the database.
    """
    given = heard(application.definition, application.answers)
    days = Span(count=days_of(application.definition, given), unit="working day")
    if not days.count:
        return None
    now = [Pause(start=stands_since, end=at)] if stands_since else []
    authority = application.authority_id
    ends_at = deadline(days, after=begun_at or at, authority=authority, pauses=[*pauses, *now])
    return Expected(
        day=timezone.localdate(ends_at - timedelta(microseconds=1)),
        clock=_clock(begun_at, stands_since),
        is_late=at >= ends_at,
    )


def _clock(begun_at: datetime | None, stands_since: datetime | None) -> Clock:
    if begun_at is None:
        return Clock.AWAITED
    return Clock.STANDS if stands_since else Clock.RUNS
