"""Payouts: sending back what is owed, asked for by one member of staff and approved by another."""

from datetime import datetime

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from rukhsa import agreement
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import NotToBeDecided
from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.banks import bank_named
from rukhsa.payments.errors import (
    BankNotChecked,
    ChannelNotOffered,
    GatewayRefused,
    GatewayUnreachable,
    ReferenceMissing,
)
from rukhsa.payments.gateways.port import Inquiry
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.ledger import credit, debit, post
from rukhsa.payments.models import Account, DepositMovement, Entry, Payout, Refund
from rukhsa.payments.refunds import account_of
from rukhsa.payments.unclaimed import read_account
from rukhsa.values.money import Money

State = Payout.State


def refunds_to_send(actor: Actor, permission: Permission, *also: Permission) -> QuerySet[Refund]:
    """Refunds that no payout covers yet, where the actor holds all of these permissions; oldest first."""
    begun = Payout.objects.filter(refund=OuterRef("pk"), state__in=Payout.LIVE)
    owed = Refund.objects.on_which(actor, permission, *also).filter(~Exists(begun))
    return owed.select_related("attempt__charge__application__applicant").order_by("due_at", "pk")


def releases_to_send(actor: Actor, permission: Permission, *also: Permission) -> QuerySet[DepositMovement]:
    """Released deposits that no payout covers yet, where the actor holds all of these permissions; oldest first.
    `released` of each is its amount in minor units."""
    begun = Payout.objects.filter(release=OuterRef("pk"), state__in=Payout.LIVE)
    ours = DepositMovement.objects.on_which(actor, permission, *also)
    entry = Entry.objects.filter(
        posting__event=Concat(Value("released:"), Cast(OuterRef("pk"), CharField())), account=Account.RELEASES
    )
    released = ours.filter(~Exists(begun), kind=DepositMovement.Kind.RELEASED)
    annotated = released.annotate(released=-Subquery(entry.values("amount")))
    return annotated.select_related("line__charge__application__applicant").order_by("at", "pk")


def amount_of(owed: Refund | DepositMovement) -> Money:
    """How much is owed."""
    if isinstance(owed, Refund):
        return owed.money
    entry = Entry.objects.get(posting__event=f"released:{owed.pk}", account=Account.RELEASES)
    return Money(minor=-entry.amount, currency=entry.currency)


def gateway_of(owed: Refund | DepositMovement, *, at: datetime) -> str:
    """The gateway through which it can go back still, or nothing: of a refund, within the gateway's time."""
    if not isinstance(owed, Refund) or owed.attempt.ended_at is None:
        return ""
    within = gateway(owed.attempt.gateway).capabilities.refund_within
    return owed.attempt.gateway if within and at < owed.attempt.ended_at + within else ""


def propose(
    owed: Refund | DepositMovement,
    channel: str,
    *,
    iban: str = "",
    is_compared: bool = False,
    actor: Actor,
    at: datetime,
) -> Payout:
    """Ask that it be sent back, through its gateway or to an account. Nothing is sent before somebody else approves.

    `is_compared`: the actor compared the account with what its bank wrote, where nobody can say which bank it is.
    Raises NotPermitted, ChannelNotOffered, BadIban, BankNotChecked, or UnderWay when it was asked for already."""
    actor.require(Permission.PROPOSE_PAYOUT, at=owed.scope)
    if channel == Payout.TRANSFER:
        iban = _account(iban, is_compared=is_compared)
    elif not channel or channel != gateway_of(owed, at=at):
        raise ChannelNotOffered(channel)
    money = amount_of(owed)
    of = {"refund": owed} if isinstance(owed, Refund) else {"release": owed}
    payout = Payout(
        **of,
        authority_id=_authority_of(owed),
        amount=money.minor,
        currency=money.currency,
        channel=channel,
        iban=iban if channel == Payout.TRANSFER else "",
        is_compared=channel == Payout.TRANSFER and bank_named(iban) is None,
    )
    return agreement.propose(payout, permission=Permission.PROPOSE_PAYOUT, actor=actor, at=at)


def approve(payout: Payout, *, actor: Actor, at: datetime) -> Payout:
    """Send it. Called outside of any transaction: it calls out.

    It is stored as sent before the gateway is asked. Where the answer is lost (GatewayUnsure) it stays so, for a
    person to end with the gateway's statement (`confirm`, `not_sent`), and is not sent again. A gateway that was never
    reached leaves it to be approved again (GatewayUnreachable); one that refuses ends it (GatewayRefused), and another
    way can be proposed. Raises NotPermitted, ProposedByYourself, NotToBeDecided."""
    approving = Permission.APPROVE_PAYOUT
    with transaction.atomic(durable=True):
        payout = agreement.approve(payout, permission=approving, becomes=State.SENT, actor=actor, at=at)
    if payout.channel == Payout.TRANSFER:
        return payout
    assert payout.refund
    attempt = payout.refund.attempt
    inquiry = Inquiry(
        reference=attempt.reference, gateway_reference=attempt.gateway_reference, money=attempt.money
    )
    try:
        reference = gateway(attempt.gateway).refund(inquiry, payout.money)
    except GatewayUnreachable:
        Payout.objects.filter(pk=payout.pk).update(state=State.PROPOSED, decided_by=None, decided_at=None)
        raise
    except GatewayRefused as refused:
        Payout.objects.filter(pk=payout.pk).update(
            state=State.REFUSED, ended_at=at, refusal=f"{payout.channel}: {refused}"[:400]
        )
        raise
    return _end(payout, reference, actor=actor, at=at)


def confirm(payout: Payout, reference: str, *, actor: Actor, at: datetime) -> Payout:
    """Record that what was sent has gone, under the bank's or the gateway's reference.

    Raises NotPermitted, ReferenceMissing, NotToBeDecided."""
    actor.require(Permission.PROPOSE_PAYOUT, at=payout.scope)
    if not reference.strip():
        raise ReferenceMissing
    return _end(payout, reference.strip()[:80], actor=actor, at=at)


@transaction.atomic
def not_sent(payout: Payout, reason: str, *, actor: Actor, at: datetime) -> Payout:
    """Record that what was handed over was never sent, as the statement of the gateway or the bank shows: it is
    owed still, and can be asked for anew by two people. Raises NotPermitted, ReasonMissing, NotToBeDecided."""
    actor.require(Permission.PROPOSE_PAYOUT, at=payout.scope)
    refusal = agreement.written(reason)
    payout = _sent(payout)
    payout.state, payout.refusal, payout.ended_at = State.REFUSED, refusal, at
    payout.save()
    journal.record("payout-not-sent", payout, actor=actor, at=at, **payout.journal_detail())
    return payout


@transaction.atomic
def refuse(payout: Payout, reason: str, *, actor: Actor, at: datetime) -> Payout:
    """Do not send it, for a reason; whoever asked may take it back so. It can be asked for anew.

    Raises NotPermitted, ReasonMissing, NotToBeDecided."""
    payout = agreement.refuse(payout, reason, permission=Permission.APPROVE_PAYOUT, actor=actor, at=at)
    payout.ended_at = at
    payout.save()
    return payout


@transaction.atomic
def _end(payout: Payout, reference: str, *, actor: Actor, at: datetime) -> Payout:
    payout = _sent(payout)
    payout.state, payout.reference, payout.ended_at = State.DONE, reference, at
    payout.save()
    _book(payout, at=at)
    journal.record("pay-out", payout, actor=actor, at=at, **payout.journal_detail())
    return payout


def _book(payout: Payout, *, at: datetime) -> None:
    money, line = payout.money, payout.release.line if payout.release else None
    if payout.channel == Payout.TRANSFER:
        source = credit(Account.BANK, money, line=line)
    else:
        source = credit(Account.CLEARING, money, gateway=payout.channel)
    if payout.refund:
        event, owed = f"refunded:{payout.refund_id}", debit(account_of(payout.refund), money)
    else:
        event, owed = f"returned:{payout.release_id}", debit(Account.RELEASES, money, line=line)
    post(event, payout.authority_id, [owed, source], at=at)


def _sent(payout: Payout) -> Payout:
    needed = ("refund__attempt", "release__line")
    found = Payout.objects.select_for_update(of=("self",)).select_related(*needed).get(pk=payout.pk)
    if found.state != State.SENT:
        raise NotToBeDecided
    return found


def _account(text: str, *, is_compared: bool) -> str:
    iban = read_account(text)
    if bank_named(iban) is None and not is_compared:
        raise BankNotChecked(iban[:2])
    return iban


def _authority_of(owed: Refund | DepositMovement) -> str:
    charge = owed.attempt.charge if isinstance(owed, Refund) else owed.line.charge
    # What is paid was submitted, and has an authority.
    assert charge.application.authority_id
    return charge.application.authority_id
