"""Caps: the most signatures an hour that the signer gives an authority, counted by the signer."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import models, transaction
from django.db.models import Sum

from rukhsa.audit.journal import record
from rukhsa.authorities.models import Authority
from rukhsa.issuance.errors import IssuanceError
from rukhsa.locks import one_at_a_time


class CapReached(IssuanceError):
    """The authority has had as many signatures in the last hour as its cap allows. Issuing goes on as time passes."""

    code = "cap-reached"


logger = logging.getLogger(__name__)
HOUR: Final = timedelta(hours=1)
# The cap counts seals. A file that fails to read back is signed again, so signatures on files have a higher cap.
FOR_EACH_DOCUMENT: Final = {"seal": 1, "pdf": 4}


class Signing(models.Model):
    """Signatures that the signer counted before it gave them. A negative row takes back those that failed."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", db_index=False)
    purpose = models.CharField(max_length=10)
    count = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["authority", "purpose", "at"], include=["count"], name="signings_by_their_hour"
            )
        ]


class CapAlarm(models.Model):
    """An authority reached its cap: noted once an hour for each purpose."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=10)
    cap = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["authority", "purpose", "-at"], name="alarms_newest_first")]


@dataclass(frozen=True, kw_only=True)
class Used:
    """How many documents an authority had in the hour before a moment, and its cap, if it has one."""

    authority: str
    documents: int
    cap: int | None


@contextmanager
def counted(purpose: str, authorities: dict[str, int], *, at: datetime) -> Iterator[None]:
    """Count so many signatures for each authority before they are given; take them back when the block fails.

    Raises CapReached for an authority that would have more than its cap.
    """
    taken: list[str] = []
    try:
        for authority, count in sorted(authorities.items()):
            _take(authority, purpose, count, at)
            taken.append(authority)
        yield
    except Exception:
        if not transaction.get_connection().needs_rollback:  # otherwise the count is rolled back
            for authority in taken:
                _count(authority, purpose, -authorities[authority], at)
        raise


def used(authorities: Iterable[str], *, at: datetime) -> list[Used]:
    """The use of each of these authorities in the hour before a moment."""
    return [
        Used(authority=code, documents=_given(code, "seal", at), cap=settings.RUKHSA_CAPS.of(code))
        for code in authorities
    ]


def alarms(authorities: Iterable[str], *, at: datetime) -> list[CapAlarm]:
    """The newest alarm of the last hour of each of these authorities that has one."""
    found = _alarms_of_the_last_hour(at).filter(authority__in=list(authorities))
    return list(found.order_by("authority", "-at").distinct("authority"))


def is_reached(*, at: datetime) -> bool:
    """Whether any authority has an alarm in the last hour."""
    return _alarms_of_the_last_hour(at).exists()


def _alarms_of_the_last_hour(at: datetime) -> models.QuerySet[CapAlarm]:
    return CapAlarm.objects.filter(at__gt=at - HOUR, at__lte=at)


def _take(authority: str, purpose: str, count: int, at: datetime) -> None:
    cap = settings.RUKHSA_CAPS.of(authority)
    if cap is None:
        _count(authority, purpose, count, at)
        return
    limit = cap * FOR_EACH_DOCUMENT[purpose]
    with transaction.atomic():
        # Two processes at once would each count on the same signatures.
        one_at_a_time(f"cap:{authority}:{purpose}")
        given = _given(authority, purpose, at)
        if given + count <= limit:
            _count(authority, purpose, count, at)
            return
        _sound_alarm(authority, purpose, limit, at)
    raise CapReached(
        f"{authority} was given {given} of {limit} {purpose} signatures an hour; {count} more wait"
    )


def _given(authority: str, purpose: str, at: datetime) -> int:
    # The index alone answers this, so that older signatures cost nothing.
    rows = Signing.objects.filter(authority=authority, purpose=purpose, at__gt=at - HOUR)
    return rows.aggregate(given=Sum("count"))["given"] or 0


def _count(authority: str, purpose: str, count: int, at: datetime) -> None:
    Signing.objects.create(authority_id=authority, purpose=purpose, count=count, at=at)


def _sound_alarm(authority: str, purpose: str, limit: int, at: datetime) -> None:
    """Write a line to the log each time, and a row and an entry of the journal once an hour."""
    logger.error("cap reached: %s has had %s %s signatures within an hour", authority, limit, purpose)
    recent = CapAlarm.objects.filter(authority=authority, purpose=purpose, at__gt=at - HOUR)
    if not recent.exists():
        alarm = CapAlarm.objects.create(authority_id=authority, purpose=purpose, cap=limit, at=at)
        record("reach-cap", alarm, actor=None, at=at, authority=authority, purpose=purpose, cap=limit)
