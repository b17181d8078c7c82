"""Hearing from a gateway: what it sends is kept as it came, before it is believed."""

import hashlib
import logging
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from rukhsa.jobs import advance_soon
from rukhsa.payments import discarded
from rukhsa.payments.equality import differences
from rukhsa.payments.errors import NoNotices, NoticeTooLarge, UnprovenNotice, UnreadableNotice
from rukhsa.payments.gateways.port import Gateway, Told
from rukhsa.payments.models import Attempt, GatewayNotice

logger = logging.getLogger(__name__)

LARGEST = 16 * 1024
MOST_OF_ONE = 50  # notices kept of one attempt, equal to it or not
MOST_OF_NOBODY = 200  # kept in an hour of one gateway, about no attempt of ours
REFERENCE = re.compile(r"[A-Za-z0-9]{1,80}")


def receive_notification(
    gateway: Gateway,
    raw: bytes,
    headers: Mapping[str, str],
    at: datetime,
    *,
    sender: str = "",
) -> str:
    """Keep a notification and return the text that answers it; the answer goes out after the commit.

    The gateway is not called meanwhile: the inquiry that decides is queued in the same transaction. What is not
    about an attempt of ours, or not equal to it, is kept apart and changes nothing; only an attempt of ours gets an
    answer that keeps the money.
    What nothing shows to be of the gateway is counted by `sender`, and not kept. Raises NoNotices,
    NoticeTooLarge, UnprovenNotice."""
    if not gateway.capabilities.notifies:
        raise NoNotices(gateway.code)
    try:
        _require_fitting(raw)
        attempt, problem = _recognise(gateway, raw, headers)
    except (NoticeTooLarge, UnprovenNotice) as refused:
        discarded.count(gateway.code, sender, raw, reason=_reason(refused), at=at)
        raise
    with transaction.atomic():
        new = _keep(gateway.code, raw, attempt, problem, sender=sender, at=at)
        if new and attempt and not problem:
            advance_soon(attempt.charge.application_id)
    if problem:
        logger.error("a notice from %s was kept apart: %s", gateway.code, problem)
    return gateway.acknowledge(attempt.return_address) if attempt else ""


def receive_return(gateway: Gateway, params: Mapping[str, str], at: datetime) -> Attempt | None:
    """The attempt that a returning browser speaks of, for showing; it changes nothing whatever it says."""
    reference = gateway.reference_in_return(params)
    if not REFERENCE.fullmatch(reference):
        return None
    return Attempt.objects.filter(gateway=gateway.code, gateway_reference=reference).first()


def _require_fitting(raw: bytes) -> None:
    if len(raw) > LARGEST:
        raise NoticeTooLarge(str(len(raw)))


def _reason(refused: NoticeTooLarge | UnprovenNotice) -> str:
    return refused.reason if isinstance(refused, UnprovenNotice) else "too-large"


def _recognise(gateway: Gateway, raw: bytes, headers: Mapping[str, str]) -> tuple[Attempt | None, str]:
    try:
        told = gateway.read_notification(raw, headers)
    except UnprovenNotice:
        raise
    except UnreadableNotice as error:
        return None, f"unreadable: {error.reason}"
    attempt = _find(gateway, told)
    if attempt is None:
        return None, "unknown-reference"
    return attempt, " ".join(differences(attempt, told, merchant=gateway.merchant))


def _find(gateway: Gateway, told: Told) -> Attempt | None:
    if not REFERENCE.fullmatch(told.reference):
        return None
    found = Attempt.objects.select_related("charge__application")
    return found.filter(gateway=gateway.code, reference=told.reference).first()


def _keep(
    gateway_code: str, raw: bytes, attempt: Attempt | None, problem: str, *, sender: str, at: datetime
) -> bool:
    """Store a notification; whether it is new. Above the limit, which only a sender with the gateway's key can reach,
    it is counted and not stored."""
    if _is_full(gateway_code, attempt, problem, at=at):
        discarded.count(gateway_code, sender, raw, reason="too-many", at=at)
        return True
    # The digest of the whole message is its identity, for ever: a forged one cannot take a true one's place.
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
        return kept.filter(attempt=None, received_at__gt=at - timedelta(hours=1)).count() >= MOST_OF_NOBODY
    of_it = kept.filter(attempt=attempt)
    return (of_it.exclude(problem="") if problem else of_it.filter(problem="")).count() >= MOST_OF_ONE
