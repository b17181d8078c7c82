"""Counts how many documents were checked in a day, and how that ended: no address, no number, nothing of a person."""

from collections import Counter
from datetime import date, datetime
from threading import Lock
from typing import Final

from django.conf import settings
from django.db import connection, models

from rukhsa.catalogue.territory import territory
from rukhsa.telemetry.metrics import VERDICTS
from rukhsa.trust.verdict import Verdict
from rukhsa.verification.counting import Counting
from rukhsa.verification.outage import DatabaseAway, outage


class CheckCount(models.Model):
    """The verdicts of one word in a day, about documents of an authority where the seal names one, asked one way."""

    day = models.DateField()
    authority = models.CharField(max_length=4, blank=True)  # its code; the verifier has no table of them
    what = models.CharField(max_length=10)
    word = models.CharField(max_length=20)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "authority", "what", "word"], name="one_count_a_verdict")
        ]


def count_check(verdict: Verdict, what: str, *, at: datetime) -> None:
    """Count one verdict that was given: `what` was asked, a "number", a "file", a "text" or a "share".

    In the verifier's process a thread adds the counts of a second at once, so that no verdict waits for a database
    that takes connections and does not answer; where the process is killed, those of the last second are lost.
    While the database is away the counts wait in memory.
    """
    VERDICTS.labels(what, verdict.word).inc()
    with _lock:
        _waiting[(_day(at), _authority_of(verdict), what, verdict.word)] += 1
    if settings.RUKHSA_COUNTS_APART:
        _counting.begin()
    else:
        _add_waiting()


def _add_waiting() -> None:
    with _lock:
        given = _waiting.copy()
        _waiting.clear()
    if not given:
        return
    try:
        outage.ask(lambda: _add(given))
    except DatabaseAway:
        with _lock:
            _waiting.update(given)


def _add(given: "Counter[tuple[date, str, str, str]]") -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO verification_checkcount (day, authority, what, word, count) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (day, authority, what, word)"
            " DO UPDATE SET count = verification_checkcount.count + excluded.count",
            [[*key, number] for key, number in sorted(given.items())],
        )


_lock: Final = Lock()
_waiting: Final[Counter[tuple[date, str, str, str]]] = Counter()
_counting: Final = Counting(name="check counts", add=_add_waiting)


def _day(at: datetime) -> date:
    return at.astimezone(territory().zone).date()


def _authority_of(verdict: Verdict) -> str:
    named = verdict.authority.id if verdict.authority else None
    return next((each.code for each in territory().authorities if each.id == named), "")
