"""The collection of a charge: one attempt at a time, stored before its gateway is called."""

import time
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.payments.attempt import Attempt, OutcomeUnknown
from rukhsa.payments.charge import PAYABLE, AlreadySettled, Charge, NotPayable, QuoteExpired, next_number
from rukhsa.payments.gateways.port import (
    GatewayError,
    GatewayRefused,
    GatewayUnreachable,
    GatewayUnsure,
    Order,
)
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.link import PaymentLink
from rukhsa.payments.outcome import settle

# How long a second click waits for the answer to the first (seconds).
PATIENCE = 15.0


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the gateway sends its notice, and where the payer comes back; neither has a query."""

    notification: str
    browser: str


def collect(
    charge: Charge,
    gateway_code: str,
    *,
    actor: Actor | None,
    addresses: Addresses,
    at: datetime,
    link: PaymentLink | None = None,
) -> str:
    """The address of the page on which the payer pays. Called outside any transaction, because it calls the gateway.

    The payer is the applicant, or another person with a payment link: the gateway is then told nothing about the
    applicant, and neither payer is sent to the page of the other.

    1. A charge that is settled or cannot be paid is refused (AlreadySettled, QuoteExpired, NotPayable), and so is a
       charge with an attempt in doubt (OutcomeUnknown).
    2. While the end of an earlier attempt is unknown nothing new begins: its gateway is asked first
       (OutcomeUnknown when it does not say). The same payer returns to an attempt that waits at the same gateway.
    3. The attempt is committed before the gateway is called; a second click gets the address of the first.
    4. An answer that is lost leaves the attempt open: it may have been accepted (OutcomeUnknown)."""
    _require_payable(charge, at)  # 1
    waiting = _end_or_return(charge, gateway_code, link, at=at)  # 2
    if waiting:
        return waiting
    _require_payable(charge, at)
    attempt = _intend(charge, gateway_code, actor=actor, link=link, addresses=addresses, at=at)  # 3
    if attempt is None:
        return _address_of_first_click(charge, link)
    return _start(attempt, addresses, at=at)  # 4


def _require_payable(charge: Charge, at: datetime) -> None:
    if charge.is_settled:
        raise AlreadySettled(str(charge.pk))
    charge.application.refresh_from_db(fields=["stage"])
    if charge.application.stage not in PAYABLE:
        raise NotPayable(str(charge.pk))
    if at > charge.expires_at or charge.is_replaced:
        raise QuoteExpired(str(charge.pk))
    if charge.attempts.in_doubt().exists():
        # Money may have been taken: no second charge before a person has looked.
        raise OutcomeUnknown(str(charge.pk))


def _end_or_return(charge: Charge, gateway_code: str, link: PaymentLink | None, *, at: datetime) -> str:
    attempt = charge.attempts.open().first()
    if attempt is None:
        return ""
    is_second_click = (at - attempt.started_at).total_seconds() < PATIENCE and not attempt.asked_at
    if attempt.state == Attempt.State.INITIATED and is_second_click:
        return _address_of_first_click(charge, link)
    try:
        attempt = settle(attempt, at=at)
    except GatewayError as error:
        raise OutcomeUnknown(attempt.gateway) from error
    if not attempt.is_open:
        return ""
    if attempt.gateway == gateway_code and attempt.address and _is_theirs(attempt, link):
        return attempt.address
    if not attempt.gateway_reference or not gateway(attempt.gateway).capabilities.inquiry:
        raise OutcomeUnknown(attempt.gateway)
    _give_up(attempt, at=at)
    return ""


def _is_theirs(attempt: Attempt, link: PaymentLink | None) -> bool:
    return attempt.link_id == (link.pk if link else None)


def _give_up(attempt: Attempt, *, at: datetime) -> None:
    # The gateway has just said that it is unpaid. If it is paid nevertheless, the money is owed back.
    with transaction.atomic():
        Charge.objects.select_for_update(of=("self",)).get(pk=attempt.charge_id)
        left = Attempt.objects.open().filter(pk=attempt.pk)
        if left.update(state=Attempt.State.CANCELLED, result="given up", given_up_at=at, ended_at=at):
            journal.record("give-up", attempt, actor=None, at=at)


def _intend(
    charge: Charge,
    gateway_code: str,
    *,
    actor: Actor | None,
    link: PaymentLink | None,
    addresses: Addresses,
    at: datetime,
) -> Attempt | None:
    gateway(gateway_code).check()
    try:
        with transaction.atomic(durable=True):
            Charge.objects.select_for_update(of=("self",)).get(pk=charge.pk)
            _require_payable(charge, at)
            attempt = Attempt.objects.create(
                charge=charge,
                gateway=gateway_code,
                reference=f"{timezone.localdate(at):%y%m%d}{next_number('payments_attempt_number'):09d}",
                return_address=addresses.browser,
                amount=charge.amount,
                currency=charge.currency,
                started_by=actor.person if actor else None,
                link=link,
                started_at=at,
            )
            by = {"link": str(link.pk)} if link else {}
            journal.record("collect", charge, actor=actor, at=at, gateway=gateway_code, **by)
    except IntegrityError:
        return None
    return attempt


def _start(attempt: Attempt, addresses: Addresses, *, at: datetime) -> str:
    try:
        redirect = gateway(attempt.gateway).start(_order(attempt, addresses, at=at))
    except (GatewayUnreachable, GatewayRefused) as error:
        Attempt.objects.filter(pk=attempt.pk, state=Attempt.State.INITIATED).update(
            state=Attempt.State.FAILED, result=error.code, ended_at=at
        )
        raise
    except GatewayUnsure as error:
        Attempt.objects.filter(pk=attempt.pk).update(asked_at=at)
        raise OutcomeUnknown(attempt.gateway) from error
    Attempt.objects.filter(pk=attempt.pk).update(
        gateway_reference=redirect.gateway_reference, address=redirect.address
    )
    Attempt.objects.filter(pk=attempt.pk, state=Attempt.State.INITIATED).update(
        state=Attempt.State.REDIRECTED
    )
    return redirect.address


def _order(attempt: Attempt, addresses: Addresses, *, at: datetime) -> Order:
    application = attempt.charge.application
    payer = application.applicant
    is_known = attempt.link_id is None
    return Order(
        reference=attempt.reference,
        money=attempt.money,
        description=(application.reference or "") if is_known else attempt.reference,
        payer_name=payer.name.in_language(application.language) if is_known else attempt.reference,
        payer_phone=payer.phone if is_known else "",
        payer_email=payer.email if is_known else "",
        notification_address=addresses.notification,
        return_address=addresses.browser,
        at=timezone.localtime(at),
    )


def _address_of_first_click(charge: Charge, link: PaymentLink | None) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        attempt = charge.attempts.open().first()
        if attempt is None or not _is_theirs(attempt, link):
            break
        if attempt.address:
            return attempt.address
        time.sleep(0.1)
    raise OutcomeUnknown(str(charge.pk))
