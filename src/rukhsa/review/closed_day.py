"""Closed days that the desk adds or takes away: whose terms they move, and moving them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from rukhsa.catalogue.calendar import ClosedDay
from rukhsa.catalogue.in_force import CLOSED_DAY
from rukhsa.catalogue.territory_change import FRESH, TerritoryChange, register_kind
from rukhsa.errors import RukhsaError
from rukhsa.jobs import advance_soon
from rukhsa.review.queue import QueueEntry, QueueEntryQuerySet


class NotADay(RukhsaError):
    """The day cannot be read, or lies too far away."""

    code = "not-a-day"


def day_of(key: str) -> date:
    """The day of a key such as "2026-12-20" or "2026-12-20.CAP". Raises NotADay."""
    try:
        return date.fromisoformat(key.partition(".")[0])
    except ValueError:
        raise NotADay(key) from None


def moved_by(key: str, authority: str | None) -> QueueEntryQuerySet:
    """The applications whose counted days hold the day: their terms move when it is closed or opened."""
    day = day_of(key)
    begin = timezone.make_aware(datetime.combine(day, time.min))
    found = QueueEntry.objects.filter(since__lt=begin + timedelta(days=1), due_at__gt=begin)
    return found.filter(authority=authority) if authority else found


def _check(key: str, value: Any) -> None:
    day = day_of(key)
    if abs(day.year - datetime.now(UTC).year) > 3:
        raise NotADay(key)
    ClosedDay.model_validate({"day": str(day), "reason": {"ar": value["ar"], "en": value["en"]}})


def _move(change: TerritoryChange, at: datetime) -> None:
    """Draw their terms again, once every worker has read the change."""
    for pk in moved_by(change.key, change.authority_id).values_list("pk", flat=True):
        advance_soon(pk, priority=0, not_before=at + timedelta(seconds=2 * FRESH))


def register() -> None:
    """Say what a closed day is and what follows from one."""
    register_kind(CLOSED_DAY, check=_check, effect=_move)
