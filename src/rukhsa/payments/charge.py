"""Charges: what an applicant is asked to pay at one moment of an application, and the receipt that settles it."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.audit import journal
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.catalogue.territory import territory
from rukhsa.payments.amount import Amount
from rukhsa.payments.errors import PaymentsError
from rukhsa.values.money import Money

# Money that arrives at any other stage has nothing to pay for.
PAYABLE = (Stage.SUBMITTED, Stage.RETURNED, Stage.GRANTED)


class AlreadySettled(PaymentsError):
    """The charge has its receipt; there is nothing left to pay."""

    code = "already-settled"


class QuoteExpired(PaymentsError):
    """The charge was assessed too long ago and must be assessed again."""

    code = "quote-expired"


class NotPayable(PaymentsError):
    """The application no longer waits for this payment."""

    code = "not-payable"


class ChargeQuerySet(ScopedQuerySet["Charge"]):
    """Which charges count."""

    def newest(self, application: Application, due: str) -> "Charge | None":
        """The charge last assessed for a moment of an application, settled or not."""
        return self.filter(application=application, due=due).order_by("-number").first()

    def settled(self) -> "ChargeQuerySet":
        """Charges that have their receipt."""
        return self.filter(receipt__isnull=False)

    def unpaid(self) -> "ChargeQuerySet":
        """The newest charge of each moment that is above zero and has no receipt; a replaced charge is not owed."""
        newer = Charge.objects.filter(
            application=OuterRef("application"), due=OuterRef("due"), number__gt=OuterRef("number")
        )
        return self.filter(~Exists(newer), receipt=None, amount__gt=0)

    def owed(self) -> "ChargeQuerySet":
        """The unpaid charges of applications that still wait for payment."""
        return self.unpaid().filter(application__stage__in=PAYABLE)

    def to_pay(self, application: Application) -> "Charge | None":
        """The charge that the applicant has to pay now: of several, the one that fell due first."""
        owed = {charge.due: charge for charge in self.filter(application=application).owed()}
        in_order = (Charge.Due.AT_SUBMISSION, Charge.Due.AFTER_INSPECTION, Charge.Due.AFTER_DECISION)
        return next((owed[due] for due in in_order if due in owed), None)


class Charge(Scoped, Amount):
    """An amount claimed from one applicant at one moment of the application, frozen when assessed."""

    class Due(models.TextChoices):
        AT_SUBMISSION = "at-submission"
        AFTER_DECISION = "after-decision"
        AFTER_INSPECTION = "after-inspection"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="charges", db_index=False)
    due = models.CharField(max_length=20, choices=Due)
    number = models.PositiveSmallIntegerField(default=1)  # a quote that expired is followed by another
    assessed_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    authority_path = "application__authority"
    objects = ChargeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "due", "number"], name="one_charge_a_moment"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="charge_not_negative"),
        ]
        indexes = [models.Index(fields=["amount", "assessed_at"], name="charges_of_an_amount")]

    def is_expired(self, at: datetime) -> bool:
        """Whether the quote has expired; it is honoured while a payment of it is open."""
        return at > self.expires_at and not self.attempts.open().exists()

    @property
    def is_replaced(self) -> bool:
        """Whether another charge of the same moment followed it; asked of the database each time."""
        later = Charge.objects.filter(application=self.application_id, due=self.due, number__gt=self.number)
        return later.exists()

    @property
    def is_settled(self) -> bool:
        """Whether there is a receipt; asked of the database each time."""
        return Receipt.objects.filter(charge=self).exists()


class ChargeLine(Scoped):
    """One row of a charge: the rule, whether it is a fee, a fine or a deposit, and how its amount was worked out."""

    class Kind(models.TextChoices):
        FEE = "fee"
        FINE = "fine"
        DEPOSIT = "deposit"

    charge = models.ForeignKey(Charge, models.PROTECT, related_name="lines", db_index=False)
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

    @property
    def money(self) -> Money:
        """The amount as a value."""
        return Money(minor=self.amount, currency=self.charge.currency)


class Receipt(Amount):
    """Proof that a charge is settled: at most one for each charge."""

    number = models.CharField(max_length=24, unique=True)
    charge = models.OneToOneField(Charge, models.PROTECT, related_name="receipt")
    attempt = models.OneToOneField("payments.Attempt", models.PROTECT, null=True, related_name="receipt")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="receipts_newest_last")]


def raise_charge(
    application: Application,
    due: str,
    lines: Sequence[ChargeLine],
    *,
    number: int,
    expires_at: datetime,
    at: datetime,
) -> Charge:
    """Write a charge with these lines; a charge of zero is settled at once. The caller holds the application's lock."""
    charge = Charge.objects.create(
        application=application,
        due=due,
        number=number,
        amount=sum(line.amount for line in lines),
        currency=territory().currency,
        assessed_at=at,
        expires_at=expires_at,
    )
    for line in lines:
        line.charge = charge
    ChargeLine.objects.bulk_create(lines)
    journal.record("assess", charge, actor=None, at=at, amount=str(charge.money))
    if charge.amount == 0:
        write_receipt(charge, attempt_id=None, at=at)
    return charge


def write_receipt(charge: Charge, *, attempt_id: uuid.UUID | None, at: datetime) -> Receipt:
    """Write the receipt of a charge: of the captured attempt, or of none where the charge is zero."""
    receipt = Receipt.objects.create(
        number=f"{timezone.localdate(at).year}-{next_number('payments_receipt_number'):07d}",
        charge=charge,
        attempt_id=attempt_id,
        amount=charge.amount,
        currency=charge.currency,
        at=at,
    )
    journal.record("settle", charge, actor=None, at=at, receipt=receipt.number)
    return receipt


def next_number(sequence: str) -> int:
    """The next value of a sequence in the database; a transaction that is rolled back never gives it again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s::regclass)", [sequence])
        value: int = cursor.fetchone()[0]
    return value
