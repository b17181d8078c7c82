"""The facts of money: what was claimed, tried, received, held and owed back. Amounts are minor units."""

import uuid

from django.db import models
from django.db.models import Q

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.payments.account import Account
from rukhsa.payments.forfeiture import Forfeiture
from rukhsa.payments.held import DepositAccount, HeldDeposit
from rukhsa.payments.link import PaymentLink
from rukhsa.payments.movement import DepositMovement
from rukhsa.payments.payout import Payout
from rukhsa.payments.resolution import Resolution
from rukhsa.payments.waiver import Waiver
from rukhsa.values.money import Money

__all__ = [
    "Account",
    "Attempt",
    "Charge",
    "ChargeLine",
    "DepositAccount",
    "DepositMovement",
    "Entry",
    "Forfeiture",
    "GatewayNotice",
    "HeldDeposit",
    "NoticeCount",
    "PaymentLink",
    "Payout",
    "Posting",
    "Receipt",
    "Refund",
    "Resolution",
    "Waiver",
]


class ChargeQuerySet(ScopedQuerySet["Charge"]):
    """Which charges count."""

    def newest(self, application: Application, due: str) -> "Charge | None":
        """The charge last assessed for a moment of an application, settled or not."""
        return self.filter(application=application, due=due).order_by("-number").first()

    def settled(self) -> "ChargeQuerySet":
        """Those that have their receipt."""
        return self.filter(receipt__isnull=False)


class Charge(Scoped):
    """An amount claimed from one applicant at one moment of the application, frozen when assessed."""

    class Due(models.TextChoices):
        AT_SUBMISSION = "at-submission"
        AFTER_DECISION = "after-decision"
        AFTER_INSPECTION = "after-inspection"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="charges")
    due = models.CharField(max_length=20, choices=Due)
    number = models.PositiveSmallIntegerField(default=1)  # a quote that expired is followed by another
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    assessed_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    authority_path = "application__authority"
    objects = ChargeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "due", "number"], name="one_charge_a_moment"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="charge_not_negative"),
        ]
        indexes = [models.Index(fields=["amount", "-assessed_at"], name="charges_by_amount")]

    @property
    def money(self) -> Money:
        """The amount as a value."""
        return Money(minor=self.amount, currency=self.currency)

    @property
    def is_settled(self) -> bool:
        """Whether there is a receipt; asked of the database each time."""
        return Receipt.objects.filter(charge=self).exists()


class ChargeLine(Scoped):
    """One row of a charge: the rule, fee or deposit, and how it came to its amount."""

    class Kind(models.TextChoices):
        FEE = "fee"
        FINE = "fine"
        DEPOSIT = "deposit"

    charge = models.ForeignKey(Charge, models.PROTECT, related_name="lines")
    rule = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind)
    amount = models.BigIntegerField()
    explanation = models.JSONField(default=dict)

    authority_path = "charge__application__authority"
    objects = ScopedQuerySet["ChargeLine"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["charge", "rule"], name="one_line_a_rule"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="line_not_negative"),
        ]


class AttemptQuerySet(ScopedQuerySet["Attempt"]):
    """Which attempts are still under way."""

    def open(self) -> "AttemptQuerySet":
        """Those whose end is not known."""
        return self.filter(state__in=Attempt.OPEN)

    def to_ask_after(self) -> "AttemptQuerySet":
        """Those, and those that ended unpaid and of which the gateway has said something since it was asked: a
        refused card may be followed by another on the same page."""
        newer = GatewayNotice.objects.filter(
            attempt=models.OuterRef("pk"), problem="", received_at__gt=models.OuterRef("asked_at")
        )
        return self.filter(Q(state__in=Attempt.OPEN) | Q(models.Exists(newer), state__in=Attempt.UNPAID))

    def unsettled(self) -> "AttemptQuerySet":
        """Those that may still bring money: under way, or in doubt."""
        return self.filter(Q(state__in=Attempt.OPEN) | Q(state=Attempt.State.NEEDS_REVIEW, refund=None))

    def in_doubt(self) -> "AttemptQuerySet":
        """Those of which a person must say whether money moved: it is not owed back, and may have been taken."""
        return self.filter(state=Attempt.State.NEEDS_REVIEW, refund=None)


class Attempt(Scoped):
    """One try to pay a charge at a gateway."""

    class State(models.TextChoices):
        INITIATED = "initiated"
        REDIRECTED = "redirected"
        CAPTURED = "captured"
        FAILED = "failed"
        CANCELLED = "cancelled"
        VOIDED = "voided"
        DENIED = "denied"
        EXPIRED = "expired"
        NEEDS_REVIEW = "needs-review"

    OPEN = (State.INITIATED, State.REDIRECTED)
    # As far as anybody knows: only money, or a doubt about money, changes that.
    UNPAID = (State.FAILED, State.CANCELLED, State.DENIED, State.EXPIRED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="attempts")
    gateway = models.CharField(max_length=20)
    reference = models.CharField(max_length=40, unique=True)  # ours, told to the gateway (trackId)
    gateway_reference = models.CharField(
        max_length=80, blank=True
    )  # theirs (PaymentID, transaction-reference)
    address = models.URLField(max_length=500, blank=True)  # of the hosted page
    return_address = models.URLField(max_length=500)  # where the payer comes back to us
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, choices=State, default=State.INITIATED)
    result = models.CharField(max_length=60, blank=True)
    card = models.CharField(max_length=4, blank=True)  # the last digits, by which a payer finds a payment
    started_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    link = models.ForeignKey(
        PaymentLink, models.PROTECT, null=True, related_name="attempts"
    )  # by which another paid
    started_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)  # when we last asked the gateway
    given_up_at = models.DateTimeField(null=True)  # when the applicant left it for another attempt
    ended_at = models.DateTimeField(null=True)

    authority_path = "charge__application__authority"
    objects = AttemptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["charge"],
                condition=Q(state__in=["initiated", "redirected"]),
                name="one_open_attempt",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="attempt_of_something"),
        ]
        indexes = [
            models.Index(
                fields=["started_at"],
                condition=Q(state__in=["initiated", "redirected"]),
                name="attempts_without_an_end",
            ),
            # Those of the findings, and of the search of finance.
            models.Index(
                fields=["started_at"], condition=Q(state="needs-review"), name="attempts_to_look_at"
            ),
            models.Index(fields=["-ended_at"], condition=Q(state="captured"), name="captures_newest_first"),
            models.Index(
                fields=["gateway_reference"],
                condition=~Q(gateway_reference=""),
                name="attempts_by_their_reference",
            ),
            models.Index(
                fields=["card", "-started_at"], condition=~Q(card=""), name="attempts_by_last_digits"
            ),
        ]

    @property
    def money(self) -> Money:
        """The amount as a value."""
        return Money(minor=self.amount, currency=self.currency)

    @property
    def is_open(self) -> bool:
        """Whether its end is not known."""
        return self.state in self.OPEN


class GatewayNotice(models.Model):
    """What a gateway told us, as it came, stored before it was believed."""

    gateway = models.CharField(max_length=20)
    event = models.CharField(max_length=128)
    raw = models.BinaryField()
    received_at = models.DateTimeField()
    attempt = models.ForeignKey(Attempt, models.PROTECT, null=True, related_name="notices")
    problem = models.CharField(max_length=60, blank=True)  # why it is kept apart and counts for nothing

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gateway", "event"], name="notice_once_for_ever")]


class NoticeCount(models.Model):
    """Notices that were not kept: how many of one sender in an hour, and why; no fact, and swept after a month."""

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


class Receipt(models.Model):
    """Proof that a charge is settled: at most one for a charge."""

    number = models.CharField(max_length=24, unique=True)
    charge = models.OneToOneField(Charge, models.PROTECT, related_name="receipt")
    attempt = models.OneToOneField(Attempt, models.PROTECT, null=True, related_name="receipt")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-at"], name="receipts_by_day")]


class Refund(Scoped):
    """Money of an attempt that is owed back to the applicant."""

    class Reason(models.TextChoices):
        PAID_TWICE = "paid-twice"
        PAID_AFTER_GIVING_UP = "paid-after-giving-up"
        OVERPAID = "overpaid"
        UNDERPAID = "underpaid"
        APPLICATION_CLOSED = "application-closed"
        QUOTE_REPLACED = "quote-replaced"

    attempt = models.OneToOneField(Attempt, models.PROTECT, related_name="refund")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=24, choices=Reason)
    due_at = models.DateTimeField()

    authority_path = "attempt__charge__application__authority"
    objects = ScopedQuerySet["Refund"].as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_of_something")]

    @property
    def money(self) -> Money:
        """The amount as a value."""
        return Money(minor=self.amount, currency=self.currency)


class Posting(models.Model):
    """One thing that happened to money; its entries add up to nothing, and the database sees to it.

    `event` says which, such as "captured:" with the id of an attempt: what happened is posted once for ever.
    """

    event = models.CharField(max_length=80, unique=True)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["authority", "at"], name="postings_of_a_day")]


class Entry(models.Model):
    """One side of a posting: an account, and what came to it (above zero, debit) or went (below, credit)."""

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="entries")
    account = models.CharField(max_length=16, choices=Account)
    gateway = models.CharField(max_length=20, blank=True)  # of clearing: which gateway has it
    line = models.ForeignKey(
        ChargeLine, models.PROTECT, null=True, related_name="entries"
    )  # what it was paid for
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="entry_is_of_something"),
            models.CheckConstraint(
                condition=Q(account="clearing") ^ Q(gateway=""), name="clearing_is_of_a_gateway"
            ),
        ]
