"""Counts how many documents were checked in a day, and how that ended: no address, no number, nothing of a person."""

from collections import Counter
from datetime import date, datetime
from threading import Lock
from typing import Final

from django.db import connection, models

from rukhsa.catalogue.territory import territory
from rukhsa.telemetry.metrics import VERDICTS
from rukhsa.trust.verdict import Verdict
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

    While the database is away the counts wait in memory, and are added with the next one that reaches it.
    """
    VERDICTS.labels(what, verdict.word).inc()
    given = Counter({(_day(at), _authority_of(verdict), what, verdict.word): 1})
    with _lock:
        given.update(_waiting)
        _waiting.clear()
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


def _day(at: datetime) -> date:
    return at.astimezone(territory().zone).date()


def _authority_of(verdict: Verdict) -> str:
    named = verdict.authority.id if verdict.authority else None
    return next((each.code for each in territory().authorities if each.id == named), "")
