"""Notices: what a gateway sends is kept as it came, before it is believed; the rest is only counted."""

import hashlib
import hmac
import ipaddress
import logging
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection, models, transaction

from rukhsa.jobs import advance_soon
from rukhsa.payments.attempt import Attempt, differences
from rukhsa.payments.errors import PaymentsError
from rukhsa.payments.gateways.port import Gateway, UnprovenNotice, UnreadableNotice

logger = logging.getLogger(__name__)

LARGEST = 16 * 1024
MOST_OF_ONE = 50  # notices kept of one attempt, equal to it or not
MOST_UNMATCHED = 200  # kept in an hour of one gateway, about no attempt of ours
REFERENCE = re.compile(r"[A-Za-z0-9]{1,80}")
COUNTS_LAST: Final = timedelta(days=30)
MOST_SENDERS: Final = 200  # counted separately in an hour, for one gateway
OTHERS: Final = "others"
SAMPLE: Final = 512  # bytes of the first one


class NoNotices(PaymentsError):
    """This gateway sends no notifications: one in its name comes from another sender."""

    code = "no-notices"


class NoticeTooLarge(PaymentsError):
    """Larger than a notification can be; it is not stored."""

    code = "notice-too-large"


class GatewayNotice(models.Model):
    """What a gateway sent, as it came, stored before it is believed."""

    gateway = models.CharField(max_length=20)
    event = models.CharField(max_length=128)
    raw = models.BinaryField()
    received_at = models.DateTimeField()
    attempt = models.ForeignKey(Attempt, models.PROTECT, null=True, related_name="notices")
    problem = models.CharField(max_length=60, blank=True)  # why it is kept apart and counts for nothing

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gateway", "event"], name="notice_once_for_ever")]


class NoticeCount(models.Model):
    """Notices that were not kept: how many of one sender in an hour, and why; not a fact, and deleted after a month.

    A flood leaves few rows, which can be deleted later."""

    gateway = models.CharField(max_length=20)
    sender = models.CharField(max_length=64)  # a digest with a secret, or OTHERS
    hour = models.DateTimeField()
    reason = models.CharField(max_length=20)
    count = models.PositiveIntegerField(default=1)
    sample = models.BinaryField()  # how the first of them began

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "sender", "hour", "reason"], name="one_count_a_sender_an_hour"
            )
        ]


def receive_notification(
    gateway: Gateway,
    raw: bytes,
    headers: Mapping[str, str],
    at: datetime,
    *,
    sender: str = "",
) -> str:
    """Keep a notification and return the text that answers it; the answer goes out after the commit.

    The gateway is not called here: the inquiry that decides is queued in the same transaction. A notice that is not
    about an attempt of ours, or not equal to it, is kept apart and changes nothing; only an attempt of ours gets an
    answer that keeps the money.
    A notice that nothing shows to be the gateway's is counted by `sender`, and not kept. Raises NoNotices,
    NoticeTooLarge, UnprovenNotice."""
    if not gateway.capabilities.notifies:
        raise NoNotices(gateway.code)
    try:
        if len(raw) > LARGEST:
            raise NoticeTooLarge(str(len(raw)))
        attempt, problem = _recognise(gateway, raw, headers)
    except (NoticeTooLarge, UnprovenNotice) as refused:
        reason = refused.reason if isinstance(refused, UnprovenNotice) else "too-large"
        count_unkept(gateway.code, sender, raw, reason=reason, at=at)
        raise
    with transaction.atomic():
        new = _keep(gateway.code, raw, attempt, problem, sender=sender, at=at)
        if new and attempt and not problem:
            advance_soon(attempt.charge.application_id)
    if problem:
        logger.error("a notice from %s was kept apart: %s", gateway.code, problem)
    return gateway.acknowledge(attempt.return_address) if attempt else ""


def receive_return(gateway: Gateway, params: Mapping[str, str], at: datetime) -> Attempt | None:
    """The attempt that a returning browser names, for showing; it changes nothing, whatever it says."""
    reference = gateway.reference_in_return(params)
    if not REFERENCE.fullmatch(reference):
        return None
    return Attempt.objects.filter(gateway=gateway.code, gateway_reference=reference).first()


def _recognise(gateway: Gateway, raw: bytes, headers: Mapping[str, str]) -> tuple[Attempt | None, str]:
    try:
        report = gateway.read_notification(raw, headers)
    except UnprovenNotice:
        raise
    except UnreadableNotice as error:
        return None, f"unreadable: {error.reason}"
    found = Attempt.objects.select_related("charge__application").filter(gateway=gateway.code)
    attempt = (
        found.filter(reference=report.reference).first() if REFERENCE.fullmatch(report.reference) else None
    )
    if attempt is None:
        return None, "unknown-reference"
    return attempt, " ".join(differences(attempt, report, merchant=gateway.merchant))


def _keep(
    gateway_code: str, raw: bytes, attempt: Attempt | None, problem: str, *, sender: str, at: datetime
) -> bool:
    """Store a notification; whether it is new. Above the limit, which only a sender with the gateway's key can reach,
    it is counted and not stored."""
    if _is_full(gateway_code, attempt, problem, at=at):
        count_unkept(gateway_code, sender, raw, reason="too-many", at=at)
        return True
    # The digest of the whole message is its identity: a forged one cannot take a true one's place.
    _, new = GatewayNotice.objects.get_or_create(
        gateway=gateway_code,
        event=hashlib.sha256(raw).hexdigest(),
        defaults={"raw": raw, "received_at": at, "attempt": attempt, "problem": problem[:60]},
    )
    return new


def _is_full(gateway_code: str, attempt: Attempt | None, problem: str, *, at: datetime) -> bool:
    """Whether the limit of such notices is reached: of one attempt, with or without a problem; or of no attempt."""
    kept = GatewayNotice.objects.filter(gateway=gateway_code)
    if attempt is None:
        return kept.filter(attempt=None, received_at__gt=at - timedelta(hours=1)).count() >= MOST_UNMATCHED
    of_it = kept.filter(attempt=attempt)
    return (of_it.exclude(problem="") if problem else of_it.filter(problem="")).count() >= MOST_OF_ONE


def count_unkept(gateway: str, sender: str, raw: bytes, *, reason: str, at: datetime) -> int:
    """Count one notice that is not kept, in the database that all processes share; how many in this hour."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    counted_as = _counted_as(gateway, _digest(sender), hour)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_noticecount (gateway, sender, hour, reason, sample, count)"
            " VALUES (%s, %s, %s, %s, %s, 1) ON CONFLICT (gateway, sender, hour, reason)"
            " DO UPDATE SET count = payments_noticecount.count + 1 RETURNING count",
            (gateway, counted_as, hour, reason[:20], raw[:SAMPLE]),
        )
        (counted,) = cursor.fetchone()
    if counted == 1:
        NoticeCount.objects.filter(hour__lt=hour - COUNTS_LAST).delete()
    if str(counted).rstrip("0") == "1":  # 1, 10, 100: a flood is logged in a few lines
        logger.error(
            "notices from %s were not kept: %s, %d of one sender in this hour", gateway, reason, counted
        )
    return int(counted)


def _counted_as(gateway: str, sender: str, hour: datetime) -> str:
    """The sender, or OTHERS once so many are counted separately: addresses are cheap."""
    of_the_hour = NoticeCount.objects.filter(gateway=gateway, hour=hour)
    if of_the_hour.filter(sender=sender).exists() or of_the_hour.count() < MOST_SENDERS:
        return sender
    return OTHERS


def _digest(address: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), _network(address).encode(), hashlib.sha256).hexdigest()


def _network(address: str) -> str:
    """The first half of an IPv6 address: a holder of one address has all that begin with it."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((address, 64), strict=False)) if read.version == 6 else address
