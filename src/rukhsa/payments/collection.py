"""The collection of a charge, or of several at once: one attempt at a time, stored before its gateway is called."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NoReturn

from django.db import IntegrityError, transaction
from django.utils import timezone

from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.payments.attempt import Attempt, OutcomeUnknown
from rukhsa.payments.charge import (
    PAYABLE,
    AlreadySettled,
    Charge,
    ChargeQuerySet,
    NotPayable,
    QuoteExpired,
    next_number,
)
from rukhsa.payments.errors import PaymentsError
from rukhsa.payments.gateways.port import (
    GatewayError,
    GatewayRefused,
    GatewayUnreachable,
    GatewayUnsure,
    Order,
)
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.link import PaymentLink
from rukhsa.payments.outcome import lock_charges, lock_payment, settle

# How long a second click waits for the answer to the first (seconds).
PATIENCE = 15.0
# Charges that one payment may cover: as many as a spreadsheet may have rows.
MOST_TOGETHER: Final = 500


class NotTogether(PaymentsError):
    """One payment cannot cover these charges: they are of two applicants or authorities, or too many."""

    code = "not-together"


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
    along: Sequence[Charge] = (),
) -> str:
    """The address of the page on which the payer pays. Called outside any transaction, because it calls the gateway.

    The payer is the applicant, or another person with a payment link: the gateway is then told nothing about the
    applicant, and neither payer is sent to the page of the other. With charges to pay `along`, one joint payment covers
    them all: they are of one applicant and one authority, whose account the gateway pays (NotTogether).

    1. A charge that is settled or cannot be paid is refused (AlreadySettled, QuoteExpired, NotPayable), and so is a
       charge with an attempt in doubt (OutcomeUnknown).
    2. While the end of an earlier attempt is unknown nothing new begins: its gateway is asked first
       (OutcomeUnknown when it does not say). The same payer returns to an attempt that waits at the same gateway.
    3. The attempt is committed before the gateway is called; a second click gets the address of the first.
    4. An answer that is lost leaves the attempt open: it may have been accepted (OutcomeUnknown)."""
    charges = [charge, *along]
    require_together(charges)
    _require_payable(charges, at)  # 1
    waiting = _end_or_return(charges, gateway_code, link, at=at)  # 2
    if waiting:
        return waiting
    _require_payable(charges, at)
    attempt = _intend(charges, gateway_code, actor=actor, link=link, addresses=addresses, at=at)  # 3
    if attempt is None:
        return _address_of_first_click(charges, link)
    return _start(attempt, addresses, at=at)  # 4


def require_together(charges: Sequence[Charge]) -> None:
    """Raise NotTogether unless one payment may cover them all."""
    if len(charges) == 1:
        return
    whose = {(one.application.owner, one.application.authority_id, one.currency) for one in charges}
    if len(whose) > 1 or not 0 < len({one.pk for one in charges}) == len(charges) <= MOST_TOGETHER:
        raise NotTogether
    if any(one.amount == 0 for one in charges):
        raise AlreadySettled


def _require_payable(charges: Sequence[Charge], at: datetime) -> None:
    """Three statements, however many charges there are; the stages are read again, because they may have moved."""
    found = Charge.objects.filter(pk__in=[one.pk for one in charges])
    if found.settled().exists():
        raise AlreadySettled(str(charges[0].pk))
    current = found.owed().filter(expires_at__gte=at).count()
    if current < len(charges):
        _refuse(found, at)
    if Attempt.objects.in_doubt().filter(charge__in=charges).exists():
        # Money may have been taken: no second charge before a person has looked.
        raise OutcomeUnknown(str(charges[0].pk))


def _refuse(found: ChargeQuerySet, at: datetime) -> NoReturn:
    if found.exclude(application__stage__in=PAYABLE).exists():
        raise NotPayable
    raise QuoteExpired


def _end_or_return(
    charges: Sequence[Charge], gateway_code: str, link: PaymentLink | None, *, at: datetime
) -> str:
    """End each attempt under way at any of the charges; the address of the one that covers exactly these."""
    open_ = Attempt.objects.open().filter(charge__in=charges).select_related("carried_by")
    for attempt in {each.at_gateway.pk: each.at_gateway for each in open_}.values():
        is_second_click = (at - attempt.started_at).total_seconds() < PATIENCE and not attempt.asked_at
        if attempt.state == Attempt.State.INITIATED and is_second_click:
            return _address_of_first_click(charges, link)
        try:
            attempt = settle(attempt, at=at)
        except GatewayError as error:
            raise OutcomeUnknown(attempt.gateway) from error
        if not attempt.is_open:
            continue
        if attempt.gateway == gateway_code and attempt.address and _is_theirs(attempt, charges, link):
            return attempt.address
        if not attempt.gateway_reference or not gateway(attempt.gateway).capabilities.inquiry:
            raise OutcomeUnknown(attempt.gateway)
        _give_up(attempt, at=at)
    return ""


def _is_theirs(attempt: Attempt, charges: Sequence[Charge], link: PaymentLink | None) -> bool:
    covered = {attempt.charge_id, *attempt.carried.values_list("charge_id", flat=True)}
    return attempt.link_id == (link.pk if link else None) and covered == {one.pk for one in charges}


def _give_up(attempt: Attempt, *, at: datetime) -> None:
    # The gateway has just said that it is unpaid. If it is paid nevertheless, the money is owed back.
    with transaction.atomic():
        lock_payment(attempt.pk)
        left = Attempt.objects.open().of_payment(attempt)
        if left.update(state=Attempt.State.CANCELLED, result="given up", given_up_at=at, ended_at=at):
            journal.record("give-up", attempt, actor=None, at=at)


def _intend(
    charges: Sequence[Charge],
    gateway_code: str,
    *,
    actor: Actor | None,
    link: PaymentLink | None,
    addresses: Addresses,
    at: datetime,
) -> Attempt | None:
    gateway(gateway_code).check()
    common = {
        "gateway": gateway_code,
        "return_address": addresses.browser,
        "started_by": actor.person if actor else None,
        "link": link,
        "started_at": at,
    }
    try:
        with transaction.atomic(durable=True):
            lock_charges([charge.pk for charge in charges])
            _require_payable(charges, at)
            lead = write_attempts(charges, common)
            by = {"link": str(link.pk)} if link else {}
            by |= {"together": str(len(charges))} if len(charges) > 1 else {}
            journal.record("collect", charges[0], actor=actor, at=at, gateway=gateway_code, **by)
    except IntegrityError:
        return None
    return lead


def write_attempts(charges: Sequence[Charge], common: dict[str, Any]) -> Attempt:
    """An attempt for each charge; the first faces the gateway, and carries the others. Three statements."""
    day, number = timezone.localdate(common["started_at"]), next_number("payments_attempt_number")
    reference = f"{day:%y%m%d}{number:09d}"
    lead, *carried = (
        Attempt(
            charge=charge,
            reference=f"{reference}-{place}" if place else reference,
            amount=charge.amount,
            currency=charge.currency,
            **common,
        )
        for place, charge in enumerate(charges)
    )
    lead.together = sum(charge.amount for charge in charges) if carried else None
    lead.save(force_insert=True)
    for each in carried:
        each.carried_by = lead
    Attempt.objects.bulk_create(carried)
    return lead


def _start(attempt: Attempt, addresses: Addresses, *, at: datetime) -> str:
    try:
        redirect = gateway(attempt.gateway).start(_order(attempt, addresses, at=at))
    except (GatewayUnreachable, GatewayRefused) as error:
        Attempt.objects.of_payment(attempt).filter(state=Attempt.State.INITIATED).update(
            state=Attempt.State.FAILED, result=error.code, ended_at=at
        )
        raise
    except GatewayUnsure as error:
        Attempt.objects.filter(pk=attempt.pk).update(asked_at=at)
        raise OutcomeUnknown(attempt.gateway) from error
    Attempt.objects.filter(pk=attempt.pk).update(
        gateway_reference=redirect.gateway_reference, address=redirect.address
    )
    Attempt.objects.of_payment(attempt).filter(state=Attempt.State.INITIATED).update(
        state=Attempt.State.REDIRECTED
    )
    return redirect.address


def _order(attempt: Attempt, addresses: Addresses, *, at: datetime) -> Order:
    application = attempt.charge.application
    payer = application.applicant
    is_known = attempt.link_id is None
    return Order(
        reference=attempt.reference,
        money=attempt.asked,
        description=(application.reference or "") if is_known else attempt.reference,
        payer_name=payer.name.in_language(application.language) if is_known else attempt.reference,
        payer_phone=payer.phone if is_known else "",
        payer_email=payer.email if is_known else "",
        notification_address=addresses.notification,
        return_address=addresses.browser,
        at=timezone.localtime(at),
    )


def _address_of_first_click(charges: Sequence[Charge], link: PaymentLink | None) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        attempt = charges[0].attempts.open().select_related("carried_by").first()
        if attempt is None or not _is_theirs(attempt.at_gateway, charges, link):
            break
        if attempt.at_gateway.address:
            return attempt.at_gateway.address
        time.sleep(0.1)
    raise OutcomeUnknown(str(charges[0].pk))
