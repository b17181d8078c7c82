"""Refunds: money owed back, and sending it back once."""

from datetime import datetime

from django.db import IntegrityError, transaction

from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.payments.errors import GatewayRefused, GatewayUnreachable, RefundUnderWay
from rukhsa.payments.gateways.port import Inquiry
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.ledger import credit, debit, post
from rukhsa.payments.models import Account, Attempt, Entry, Refund, RefundPayment
from rukhsa.values.money import Money

BANK_TRANSFER = "bank-transfer"


def owe(attempt: Attempt, money: Money, reason: Refund.Reason, *, at: datetime) -> Refund:
    """Record that money of an attempt, which the gateway took and no charge needs, is owed back; once for each
    attempt."""
    refund, new = Refund.objects.get_or_create(
        attempt=attempt,
        defaults={"amount": money.minor, "currency": money.currency, "reason": reason, "due_at": at},
    )
    if new:
        taken = debit(Account.CLEARING, money, gateway=attempt.gateway)
        _post(refund, "owed", taken, credit(_account_of(refund), money), at=at)
        journal.record("refund-due", attempt, actor=None, at=at, reason=reason.value, amount=str(money))
    return refund


def refund_by_gateway(refund: Refund, *, actor: Actor, at: datetime) -> RefundPayment:
    """Send a refund back through its gateway; raises RefundUnderWay when it was sent before.

    The sending is stored before the gateway is asked. Where the answer is lost (GatewayUnsure) it stays
    "sent", for a person to settle with the gateway's statement, and is not sent again."""
    attempt = refund.attempt
    payment = _begin(refund, attempt.gateway, actor=actor, at=at)
    inquiry = Inquiry(
        reference=attempt.reference, gateway_reference=attempt.gateway_reference, money=attempt.money
    )
    money = Money(minor=refund.amount, currency=refund.currency)
    try:
        payment.reference = gateway(attempt.gateway).refund(inquiry, money)
    except GatewayUnreachable:
        payment.delete()
        raise
    except GatewayRefused:
        _end(payment, RefundPayment.State.REFUSED, at=at)
        raise
    with transaction.atomic():
        _end(payment, RefundPayment.State.DONE, at=at)
        given = credit(Account.CLEARING, money, gateway=attempt.gateway)
        _post(refund, "refunded", debit(_account_of(refund), money), given, at=at)
        journal.record("refund", attempt, actor=actor, at=at, amount=str(money))
    return payment


def refund_by_transfer(refund: Refund, *, reference: str, actor: Actor, at: datetime) -> RefundPayment:
    """Record that a refund was sent by bank transfer, under the bank's reference."""
    payment = _begin(refund, BANK_TRANSFER, actor=actor, at=at)
    payment.reference = reference
    money = Money(minor=refund.amount, currency=refund.currency)
    with transaction.atomic():
        _end(payment, RefundPayment.State.DONE, at=at)
        _post(refund, "refunded", debit(_account_of(refund), money), credit(Account.BANK, money), at=at)
        journal.record("refund", refund.attempt, actor=actor, at=at, channel=BANK_TRANSFER)
    return payment


def _begin(refund: Refund, channel: str, *, actor: Actor, at: datetime) -> RefundPayment:
    try:
        with transaction.atomic(durable=True):
            return RefundPayment.objects.create(
                refund=refund, channel=channel, actor=actor.person, sent_at=at
            )
    except IntegrityError:
        raise RefundUnderWay(str(refund.pk)) from None


def _end(payment: RefundPayment, state: str, *, at: datetime) -> None:
    payment.state, payment.ended_at = state, at
    payment.save()


def _account_of(refund: Refund) -> Account:
    match refund.reason:
        case Refund.Reason.OVERPAID:
            return Account.OVERPAYMENTS
        case Refund.Reason.UNDERPAID:
            return Account.UNDERPAYMENTS
        case _:
            return Account.REFUNDS


def _post(refund: Refund, event: str, *entries: Entry, at: datetime) -> None:
    post(f"{event}:{refund.pk}", refund.attempt.charge.application.authority_id, entries, at=at)
