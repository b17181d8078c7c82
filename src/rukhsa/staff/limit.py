"""Limits on guessing, kept in the database: all processes count together, and a limit slows down instead of locking."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models
from django.db.models import F

from rukhsa.errors import RukhsaError

_TAKE = """
INSERT INTO staff_limit (key, free_at) VALUES (%(key)s, %(at)s + %(every)s)
ON CONFLICT (key) DO UPDATE SET free_at = GREATEST(staff_limit.free_at, %(at)s) + %(every)s
WHERE GREATEST(staff_limit.free_at, %(at)s) + %(every)s <= %(at)s + %(every)s * %(burst)s
RETURNING free_at
"""


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A rate: `burst` attempts at once, then one more each time that `every` has passed."""

    name: str
    burst: int
    every: timedelta


class Limit(models.Model):
    """The moment at which a key has its full burst again (the generic cell rate algorithm)."""

    key = models.CharField(max_length=120, primary_key=True)
    free_at = models.DateTimeField(db_index=True)


class LimitReached(RukhsaError):
    """There were too many attempts; another is possible when some time has passed."""

    code = "limit-reached"

    def __init__(self, rate: Rate) -> None:
        super().__init__(rate.name)
        self.rate = rate


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What was taken for one attempt; an attempt that succeeds gives it back."""

    taken: tuple[tuple[Rate, str], ...]

    def give_back(self) -> None:
        """Give the attempt back, so that it does not count."""
        for rate, key in self.taken:
            Limit.objects.filter(key=key).update(free_at=F("free_at") - rate.every)


def take(*limits: tuple[Rate, str], at: datetime) -> Attempt:
    """Count one attempt under each of the limits, before it is known how it ends.

    One statement asks and counts, so that attempts at the same moment, in whatever process, are counted one after the
    other. Raises LimitReached at the first limit that has nothing left; those before it keep the attempt.
    """
    taken = tuple((rate, f"{rate.name}:{subject}") for rate, subject in limits)
    for rate, key in taken:
        with connection.cursor() as cursor:
            told: dict[str, Any] = {"key": key, "at": at, "every": rate.every, "burst": rate.burst}
            cursor.execute(_TAKE, told)
            if cursor.fetchone() is None:
                raise LimitReached(rate)
    return Attempt(taken=taken)


def forget(*, at: datetime) -> int:
    """Delete rows that no longer limit anything; how many there were."""
    return Limit.objects.filter(free_at__lt=at).delete()[0]
