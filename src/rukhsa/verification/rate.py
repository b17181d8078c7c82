"""Limits the questions of an address that the server answers. Codes checked in the browser never come here.

All processes count together in the database; while it is away each counts for itself, in memory. In the verifier's
process a text or a file never waits for it: what other processes counted is known a second later.
"""

import hmac
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import Final

from django.conf import settings
from django.db import connection, models

from rukhsa import reader
from rukhsa.accounts.client import one_subscriber
from rukhsa.errors import RukhsaError
from rukhsa.verification.counting import Counting
from rukhsa.verification.outage import DatabaseAway, outage

A_MINUTE: Final = {
    "number": 20,
    "file": 20,
    "text": 600,
    "status": 20,
    "feedback": 10,
    "bulk": 60,
    "feed": 60,
    "question": 120,
    "upload": 120,
}
# What is answered from the public files alone.
_WITHOUT_DATABASE: Final = ("text", "file")
_KEPT: Final = timedelta(hours=1)
_MOST_IN_MEMORY: Final = 100_000  # subscribers; beyond that the process begins to count again


class AskedCount(models.Model):
    """The questions of one address in one minute. The address is a keyed digest, and the row is kept for an hour."""

    address = models.CharField(max_length=64)
    what = models.CharField(max_length=10)
    minute = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address", "what", "minute"], name="one_count_an_address_a_minute"
            )
        ]
        indexes = [models.Index(fields=["minute"], name="asked_counts_by_age")]


class TooMany(RukhsaError):
    """The address has asked too often within a minute."""

    code = "too-many-questions"


@contextmanager
def count_cost(address: str, what: str, *, at: datetime) -> Iterator[None]:
    """Count a question about a file, and afterwards one more for each second that the file took to read.

    Raises `TooMany` before the file is opened: a file that costs much is answered, and leaves less for the next.
    """
    count(address, what, at=at)
    with reader.spent_within() as spent:
        try:
            yield
        finally:
            if spent.seconds >= 1:
                with suppress(TooMany):
                    count(address, what, at=at, times=int(spent.seconds))


def asked(address: str, what: str, *, at: datetime) -> int:
    """How many questions of a subscriber were counted in this minute, in every process."""
    key, minute = _key_of(address), at.replace(second=0, microsecond=0)
    try:
        counts = AskedCount.objects.filter(address=key, what=what, minute=minute)
        return outage.ask(lambda: counts.values_list("count", flat=True).first()) or 0
    except DatabaseAway:
        return _in_memory.count(key, what, minute, 0)


def count(address: str, what: str, *, at: datetime, times: int = 1) -> None:
    """Count one question of a subscriber: an IPv4 address, or a network of 2**64 addresses of IPv6. Raises `TooMany`.

    The address is that of the peer. A proxy in front must pass on the address of the client.
    """
    key, minute = _key_of(address), at.replace(second=0, microsecond=0)
    if settings.RUKHSA_COUNTS_APART and what in _WITHOUT_DATABASE:
        so_far = _apart.count(key, what, minute, times)
    else:
        so_far = _count_together(key, what, minute, times)
    if so_far > A_MINUTE[what]:
        raise TooMany


def _key_of(address: str) -> str:
    subscriber = one_subscriber(address) or address  # agencies and people are counted by their names
    return hmac.new(settings.SECRET_KEY.encode(), subscriber.encode(), sha256).hexdigest()


def _count_together(key: str, what: str, minute: datetime, times: int) -> int:
    try:
        return outage.ask(lambda: _counted(key, what, minute, times))
    except DatabaseAway:
        return _in_memory.count(key, what, minute, times)


def forget(*, at: datetime) -> int:
    """Delete the counts of more than an hour ago, and say how many; a sweep does it, found by their age."""
    return AskedCount.objects.filter(minute__lt=at - _KEPT).delete()[0]


def _counted(key: str, what: str, minute: datetime, times: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO verification_askedcount (address, what, minute, count) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (address, what, minute)"
            " DO UPDATE SET count = verification_askedcount.count + excluded.count"
            " RETURNING count",
            [key, what, minute, times],
        )
        return int(cursor.fetchone()[0])


class _InMemory:
    """The questions of this minute, of this process alone."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._minute: datetime | None = None
        self._counts: Counter[tuple[str, str]] = Counter()

    def count(self, key: str, what: str, minute: datetime, times: int = 1) -> int:
        with self._lock:
            if minute != self._minute or len(self._counts) > _MOST_IN_MEMORY:
                self._minute = minute
                self._counts.clear()
            self._counts[key, what] += times
            return self._counts[key, what]


class _Apart:
    """The questions of this minute: those of this process at once, those of the others as the database last said."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._minute: datetime | None = None
        self._waiting: Counter[tuple[str, str]] = Counter()
        self._known: dict[tuple[str, str], int] = {}

    def count(self, key: str, what: str, minute: datetime, times: int = 1) -> int:
        with self._lock:
            if minute != self._minute or len(self._known) > _MOST_IN_MEMORY:
                self._minute, self._known = minute, {}
                self._waiting.clear()
            self._waiting[key, what] += times
            asked = self._known.get((key, what), 0) + self._waiting[key, what]
        _counting.begin()
        return asked

    def add(self) -> None:
        """Add what waits to the database, and learn what all processes counted together."""
        with self._lock:
            minute, given = self._minute, dict(self._waiting)
        if not given:
            return
        with suppress(DatabaseAway):
            together = outage.ask(lambda: _added(given, minute))
            with self._lock:
                if minute == self._minute:
                    self._waiting.subtract(given)
                    self._waiting += Counter()  # without those that are zero
                    self._known |= together


def _added(given: Mapping[tuple[str, str], int], minute: datetime | None) -> dict[tuple[str, str], int]:
    keys = sorted(given)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO verification_askedcount (address, what, minute, count)"
            " SELECT address, what, %s, count"
            " FROM unnest(%s::text[], %s::text[], %s::int[]) AS given (address, what, count)"
            " ON CONFLICT (address, what, minute)"
            " DO UPDATE SET count = verification_askedcount.count + excluded.count"
            " RETURNING address, what, count",
            [minute, [key for key, _ in keys], [what for _, what in keys], [given[each] for each in keys]],
        )
        return {(address, what): int(count) for address, what, count in cursor.fetchall()}


_in_memory: Final = _InMemory()
_apart: Final = _Apart()
_counting: Final = Counting(name="questions of an address", add=_apart.add)
