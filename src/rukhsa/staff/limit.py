"""Limits on guessing passwords and codes, shared by all processes: a limit slows guesses down and locks no account."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models
from django.db.models import F
from django.http import HttpRequest

from rukhsa.accounts.client import client_address, one_subscriber, pseudonym
from rukhsa.errors import RukhsaError
from rukhsa.staff.device import known_device

_COUNT = """
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


# By account and address together, so that guesses from elsewhere do not use up the owner's attempts.
PAIR = Rate(name="pair", burst=5, every=timedelta(minutes=1))
# By address alone, for one client that tries many accounts; a whole office may share the address.
ADDRESS = Rate(name="address", burst=30, every=timedelta(seconds=10))
# A known browser of the owner, and an open session, have separate limits.
DEVICE = Rate(name="device", burst=10, every=timedelta(seconds=30))
SESSION = Rate(name="session", burst=5, every=timedelta(minutes=1))
# A code has a million values: all unknown clients share one limit for each account. At 720 guesses a day the chance to
# find a code is one in a hundred after two weeks, and the owner gets a mail after the first 20.
CODES = Rate(name="codes", burst=20, every=timedelta(minutes=2))


class Limit(models.Model):
    """The moment at which a key has its full burst again (the generic cell rate algorithm)."""

    key = models.CharField(max_length=120, primary_key=True)
    free_at = models.DateTimeField(db_index=True)


class LimitReached(RukhsaError):
    """There were too many attempts; the next is allowed after some time."""

    code = "limit-reached"

    def __init__(self, rate: Rate) -> None:
        super().__init__(rate.name)
        self.rate = rate


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt, as it was counted under each of its limits."""

    counted: tuple[tuple[Rate, str], ...]

    def give_back(self) -> None:
        """Stop counting the attempt, since it succeeded."""
        for rate, key in self.counted:
            Limit.objects.filter(key=key).update(free_at=F("free_at") - rate.every)


def count_attempt(*limits: tuple[Rate, str], at: datetime) -> Attempt:
    """Count one attempt under each of the limits, before its result is known.

    One statement checks and counts, so that simultaneous attempts in any process are counted one after the other.
    Raises LimitReached at the first limit that allows no more; the attempt stays counted under those before it.
    """
    counted = tuple((rate, f"{rate.name}:{subject}") for rate, subject in limits)
    for rate, key in counted:
        with connection.cursor() as cursor:
            parameters: dict[str, Any] = {"key": key, "at": at, "every": rate.every, "burst": rate.burst}
            cursor.execute(_COUNT, parameters)
            if cursor.fetchone() is None:
                raise LimitReached(rate)
    return Attempt(counted=counted)


def forget(*, at: datetime) -> int:
    """Delete rows that no longer limit anything. Returns their number."""
    return Limit.objects.filter(free_at__lt=at).delete()[0]


def limits_of_passwords(request: HttpRequest, email: str) -> list[tuple[Rate, str]]:
    """The limits under which a guess at the password of an account is counted."""
    if own := _own(request, email):
        return [own]
    where = pseudonym(one_subscriber(client_address(request)))
    return [(PAIR, f"{pseudonym(email)}:{where}"), (ADDRESS, where)]


def limits_of_codes(request: HttpRequest, email: str) -> list[tuple[Rate, str]]:
    """The limits under which a guess at a one-time code or recovery code is counted."""
    if own := _own(request, email):
        return [own]
    where = pseudonym(one_subscriber(client_address(request)))
    return [(PAIR, f"code:{pseudonym(email)}:{where}"), (CODES, pseudonym(email))]


def _own(request: HttpRequest, email: str) -> tuple[Rate, str] | None:
    if request.user.is_authenticated and request.session.session_key:
        return SESSION, pseudonym(request.session.session_key)
    device = known_device(request, email)
    return (DEVICE, f"{pseudonym(email)}:{device}") if device else None
