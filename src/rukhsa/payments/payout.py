"""Payouts: money on its way back to a person, proposed by one of the staff and approved by another."""

import uuid
from datetime import datetime

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from rukhsa import agreement
from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import Agreement, NotToBeDecided
from rukhsa.applications.interest import require_no_interest
from rukhsa.applications.models import Application
from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import ScopedQuerySet
from rukhsa.catalogue.banks import bank_named
from rukhsa.payments.amount import Amount
from rukhsa.payments.attempt import Attempt
from rukhsa.payments.deposit import DepositMovement
from rukhsa.payments.deposit_account import read_account
from rukhsa.payments.errors import PaymentsError, ReferenceMissing
from rukhsa.payments.gateways.port import GatewayRefused, GatewayUnreachable, Inquiry
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.ledger import Account, Entry, Posting, credit, debit, post
from rukhsa.payments.refund import Refund
from rukhsa.values.money import Money


class ChannelNotOffered(PaymentsError):
    """It cannot go back that way, or no longer."""

    code = "channel-not-offered"


class BankNotChecked(PaymentsError):
    """The bank of the account is not known: the proposer of the transfer must have compared the number."""

    code = "bank-not-checked"


class InAFile(PaymentsError):
    """The payout is approved with the others of its bank file."""

    code = "in-a-file"


class Payout(Agreement, Amount):
    """Money that goes back to a person: a refund or a released deposit.

    It is stored as sent before the gateway or the bank is asked to send it, so that it is never sent twice.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed"
        SENT = "sent"  # approved and handed over; the end is not known yet
        DONE = "done"
        REFUSED = "refused"  # by the second person, or by the gateway

    LIVE = (State.PROPOSED, State.SENT, State.DONE)
    TRANSFER = "bank-transfer"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="payouts")
    release = models.ForeignKey(DepositMovement, models.PROTECT, null=True, related_name="payouts")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20)  # a gateway, or bank-transfer
    iban = models.CharField(max_length=34, blank=True)
    # The bank of the account is not known, and the proposer compared the number with what the bank wrote.
    is_compared = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    reference = models.CharField(max_length=80, blank=True)  # the gateway's or the bank's
    bank_file = models.ForeignKey(
        "payments.BankFile", models.PROTECT, null=True, db_index=False, related_name="payouts"
    )
    # None: sent by one person alone, before two were required.
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # type: ignore[assignment]
    ended_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["Payout"].as_manager()

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.CheckConstraint(
                condition=Q(refund=None) ^ Q(release=None), name="payout_of_a_refund_or_a_release"
            ),
            models.UniqueConstraint(
                fields=["refund"],
                condition=Q(state__in=["proposed", "sent", "done"]),
                name="refund_sent_once",
            ),
            models.UniqueConstraint(
                fields=["release"],
                condition=Q(state__in=["proposed", "sent", "done"]),
                name="release_sent_once",
            ),
            models.CheckConstraint(
                condition=~Q(channel="bank-transfer") | ~Q(iban=""), name="transfer_goes_to_an_account"
            ),
        ]
        indexes = [
            models.Index(
                fields=["authority", "proposed_at"],
                condition=Q(state__in=["proposed", "sent"]),
                name="payouts_under_way",
            ),
            models.Index(fields=["reference"], condition=~Q(reference=""), name="payouts_by_reference"),
            models.Index(
                fields=["bank_file"], condition=Q(bank_file__isnull=False), name="payouts_of_bank_file"
            ),
        ]

    @property
    def application(self) -> Application:
        """The application whose money it returns."""
        owed = self.refund or self.release
        assert owed  # the database demands exactly one of the two
        return application_of(owed)

    def require_no_interest(self, person: Person) -> None:
        """Raise OwnInterest for whose money it is, or is close to them."""
        require_no_interest(self.application, person)

    def journal_detail(self) -> dict[str, str]:
        """What the journal says of it: how much, and which way."""
        return {"channel": self.channel, "amount": str(self.money)}


State = Payout.State


def refunds_to_send(actor: Actor, permission: Permission, *also: Permission) -> QuerySet[Refund]:
    """Refunds without a live payout, where the actor holds all of these permissions; oldest first."""
    begun = Payout.objects.filter(refund=OuterRef("pk"), state__in=Payout.LIVE)
    owed = Refund.objects.on_which(actor, permission, *also).filter(~Exists(begun))
    return owed.select_related("attempt__charge__application__applicant").order_by("due_at", "pk")


def releases_to_send(actor: Actor, permission: Permission, *also: Permission) -> QuerySet[DepositMovement]:
    """Released deposits without a live payout, where the actor holds all of these permissions; oldest first.
    `released` of each is its amount in minor units."""
    begun = Payout.objects.filter(release=OuterRef("pk"), state__in=Payout.LIVE)
    ours = DepositMovement.objects.on_which(actor, permission, *also)
    entry = Entry.objects.filter(posting__movement=OuterRef("pk"), account=Account.RELEASES)
    released = ours.filter(~Exists(begun), kind=DepositMovement.Kind.RELEASED)
    annotated = released.annotate(released=-Subquery(entry.values("amount")))
    return annotated.select_related("line__charge__application__applicant").order_by("at", "pk")


def amount_of(owed: Refund | DepositMovement) -> Money:
    """How much is owed."""
    if isinstance(owed, Refund):
        return owed.money
    entry = Entry.objects.get(posting__movement=owed, account=Account.RELEASES)
    return Money(minor=-entry.amount, currency=entry.currency)


def gateway_of(owed: Refund | DepositMovement, *, at: datetime) -> str:
    """The gateway through which it can still go back, or an empty text: a refund, within the gateway's time limit.

    Of a joint payment one charge goes back through its gateway, since a statement knows one return of a payment.
    """
    if not isinstance(owed, Refund) or owed.attempt.ended_at is None or _returned_jointly(owed):
        return ""
    within = gateway(owed.attempt.gateway).capabilities.refund_within
    return owed.attempt.gateway if within and at < owed.attempt.ended_at + within else ""


def _returned_jointly(owed: Refund) -> bool:
    """Whether another charge of the same joint payment goes back through its gateway, or has gone."""
    lead = owed.attempt.carried_by_id or (owed.attempt.together and owed.attempt_id)
    if not lead:
        return False
    of_it = Q(refund__attempt=lead) | Q(refund__attempt__carried_by=lead)
    live = Payout.objects.filter(of_it, state__in=Payout.LIVE).exclude(channel=Payout.TRANSFER)
    return live.exclude(refund=owed).exists()


@transaction.atomic
def propose_payout(
    owed: Refund | DepositMovement,
    channel: str,
    *,
    iban: str = "",
    is_compared: bool = False,
    actor: Actor,
    at: datetime,
) -> Payout:
    """Propose to send it back, through its gateway or to an account. Nothing is sent until a second person approves.

    `is_compared`: the actor compared the account with what its bank wrote, where the bank is not known.
    Raises NotPermitted, ChannelNotOffered, BadIban, BankNotChecked, or UnderWay when it has a live payout."""
    actor.require(Permission.PROPOSE_PAYOUT, at=owed.scope)
    if isinstance(owed, Refund):
        Attempt.objects.select_for_update(of=("self",)).get(pk=owed.attempt.carried_by_id or owed.attempt_id)
    if channel == Payout.TRANSFER:
        iban = _transfer_account(iban, is_compared=is_compared)
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


def approve_payout(payout: Payout, *, actor: Actor, at: datetime) -> Payout:
    """Send it. Called outside any transaction, because it calls the gateway.

    It is stored as sent before the gateway is asked. Where the answer is lost (GatewayUnsure) it stays sent, until a
    person ends it by the gateway's statement (`confirm_payout`, `record_not_sent`); it is not sent again. A gateway
    that was never reached leaves it to be approved again (GatewayUnreachable); a gateway that refuses ends it
    (GatewayRefused), and another way can be proposed. Raises NotPermitted, ProposedByYourself, NotToBeDecided, InAFile.
    """
    if payout.bank_file_id:
        raise InAFile
    approving = Permission.APPROVE_PAYOUT
    with transaction.atomic(durable=True):
        payout = agreement.approve(payout, permission=approving, becomes=State.SENT, actor=actor, at=at)
    if payout.channel == Payout.TRANSFER:
        return payout
    assert payout.refund
    attempt = payout.refund.attempt.at_gateway
    inquiry = Inquiry(
        reference=attempt.reference, gateway_reference=attempt.gateway_reference, money=attempt.asked
    )
    # A colleague may end it by the gateway's statement while the gateway is asked: that end stands.
    sent = Payout.objects.filter(pk=payout.pk, state=State.SENT)
    try:
        reference = gateway(attempt.gateway).refund(inquiry, payout.money)
    except GatewayUnreachable:
        sent.update(state=State.PROPOSED, decided_by=None, decided_at=None)
        raise
    except GatewayRefused as refused:
        sent.update(state=State.REFUSED, ended_at=at, refusal=f"{payout.channel}: {refused}"[:400])
        raise
    return _end(payout, reference, actor=actor, at=at)


def confirm_payout(payout: Payout, reference: str, *, actor: Actor, at: datetime) -> Payout:
    """Record that a sent payout has gone, under the bank's or the gateway's reference.

    Raises NotPermitted, ReferenceMissing, NotToBeDecided."""
    actor.require(Permission.PROPOSE_PAYOUT, at=payout.scope)
    if not reference.strip():
        raise ReferenceMissing
    return _end(payout, reference.strip()[:80], actor=actor, at=at)


@transaction.atomic
def record_not_sent(payout: Payout, reason: str, *, actor: Actor, at: datetime) -> Payout:
    """Record that the gateway or the bank never sent it, as its statement shows: it is still owed, and can be
    proposed again. Raises NotPermitted, ReasonMissing, NotToBeDecided."""
    actor.require(Permission.PROPOSE_PAYOUT, at=payout.scope)
    refusal = agreement.require_reason(reason, at_most=400)
    payout = _lock_sent(payout)
    payout.state, payout.refusal, payout.ended_at = State.REFUSED, refusal, at
    payout.save()
    journal.record("payout-not-sent", payout, actor=actor, at=at, **payout.journal_detail())
    return payout


@transaction.atomic
def refuse_payout(payout: Payout, reason: str, *, actor: Actor, at: datetime) -> Payout:
    """Refuse it with a reason, or withdraw it as the proposer, out of its bank file too. It can be proposed again.

    Raises NotPermitted, ReasonMissing, NotToBeDecided."""
    payout = agreement.refuse(payout, reason, permission=Permission.APPROVE_PAYOUT, actor=actor, at=at)
    payout.ended_at, payout.bank_file = at, None
    payout.save()
    return payout


@transaction.atomic
def _end(payout: Payout, reference: str, *, actor: Actor, at: datetime) -> Payout:
    payout = _lock_sent(payout)
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
        kind, owed = Posting.Kind.REFUNDED, debit(payout.refund.account, money)
    else:
        kind, owed = Posting.Kind.RETURNED, debit(Account.RELEASES, money, line=line)
    post(kind, payout.authority_id, [owed, source], at=at, payout=payout)


def _lock_sent(payout: Payout) -> Payout:
    needed = ("refund__attempt", "release__line")
    found = Payout.objects.select_for_update(of=("self",)).select_related(*needed).get(pk=payout.pk)
    if found.state != State.SENT:
        raise NotToBeDecided
    return found


def _transfer_account(text: str, *, is_compared: bool) -> str:
    iban = read_account(text)
    if bank_named(iban) is None and not is_compared:
        raise BankNotChecked(iban[:2])
    return iban


def application_of(owed: Refund | DepositMovement) -> Application:
    """The application whose money is owed."""
    return owed.attempt.charge.application if isinstance(owed, Refund) else owed.line.charge.application


def _authority_of(owed: Refund | DepositMovement) -> str:
    authority = application_of(owed).authority_id
    # What is paid was submitted, and has an authority.
    assert authority
    return authority
