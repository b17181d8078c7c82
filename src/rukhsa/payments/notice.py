"""Hearing from a gateway: what it sends is kept as it came, before it is believed."""

import hashlib
import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from rukhsa.applications.models import Application
from rukhsa.payments.equality import differences
from rukhsa.payments.errors import NoticeTooLarge, UnreadableNotice
from rukhsa.payments.gateways.port import Gateway, Told
from rukhsa.payments.models import Attempt, GatewayNotice

logger = logging.getLogger(__name__)

LARGEST = 16 * 1024
REFERENCE = re.compile(r"[A-Za-z0-9]{1,80}")


def receive_notification(
    gateway: Gateway,
    raw: bytes,
    headers: Mapping[str, str],
    at: datetime,
    *,
    then: Callable[[Application], None] | None = None,
) -> str:
    """Keep a notification and return the text that answers it; the answer goes out after the commit.

    Nobody is called meanwhile: `then` is given the application in the same transaction, so that the
    inquiry that decides becomes due with it. What is not about an attempt of ours, or not equal to it, is
    kept apart and changes nothing; only an attempt of ours gets an answer that keeps the money.
    Raises NoticeTooLarge."""
    if len(raw) > LARGEST:
        raise NoticeTooLarge(str(len(raw)))
    attempt, problem = _recognise(gateway, raw, headers)
    with transaction.atomic():
        new = _keep(gateway.code, raw, attempt, problem, at=at)
        if new and attempt and not problem and then:
            then(attempt.charge.application)
    if problem:
        logger.error("a notice from %s was kept apart: %s", gateway.code, problem)
    return gateway.acknowledge(attempt.return_address) if attempt else ""


def receive_return(gateway: Gateway, params: Mapping[str, str], at: datetime) -> Attempt | None:
    """The attempt that a returning browser speaks of, for showing; it changes nothing whatever it says."""
    reference = gateway.reference_in_return(params)
    if not REFERENCE.fullmatch(reference):
        return None
    return Attempt.objects.filter(gateway=gateway.code, gateway_reference=reference).first()


def _recognise(gateway: Gateway, raw: bytes, headers: Mapping[str, str]) -> tuple[Attempt | None, str]:
    try:
        told = gateway.read_notification(raw, headers)
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


def _keep(gateway_code: str, raw: bytes, attempt: Attempt | None, problem: str, *, at: datetime) -> bool:
    # The digest of the whole message is its identity, for ever: a forged one cannot take a true one's place.
    _, new = GatewayNotice.objects.get_or_create(
        gateway=gateway_code,
        event=hashlib.sha256(raw).hexdigest(),
        defaults={"raw": raw, "received_at": at, "attempt": attempt, "problem": problem[:60]},
    )
    return new
