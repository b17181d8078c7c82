"""The facts of money: what was claimed, tried, received, held and owed back. Amounts are minor units."""

import uuid

from django.db import models
from django.db.models import Q

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.values.money import Money


class Charge(models.Model):
    """An amount claimed from one applicant at one moment of the application, frozen when assessed."""

    class Due(models.TextChoices):
        AT_SUBMISSION = "at-submission"
        AFTER_DECISION = "after-decision"
        AFTER_INSPECTION = "after-inspection"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="charges")
    due = models.CharField(max_length=20, choices=Due)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    assessed_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "due"], name="one_charge_a_moment"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="charge_not_negative"),
        ]

    @property
    def money(self) -> Money:
        """The amount as a value."""
        return Money(minor=self.amount, currency=self.currency)


class ChargeLine(models.Model):
    """One row of a charge: the rule, fee or deposit, and how it came to its amount."""

    class Kind(models.TextChoices):
        FEE = "fee"
        DEPOSIT = "deposit"

    charge = models.ForeignKey(Charge, models.PROTECT, related_name="lines")
    rule = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind)
    amount = models.BigIntegerField()
    explanation = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["charge", "rule"], name="one_line_a_rule"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="line_not_negative"),
        ]


class Attempt(models.Model):
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

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="attempts")
    gateway = models.CharField(max_length=20)
    reference = models.CharField(max_length=40, unique=True)  # ours, told to the gateway (trackId)
    gateway_reference = models.CharField(
        max_length=80, blank=True
    )  # theirs (PaymentID, transaction-reference)
    address = models.URLField(max_length=500, blank=True)  # of the hosted page
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, choices=State, default=State.INITIATED)
    result = models.CharField(max_length=60, blank=True)
    started_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["started_at"],
                condition=Q(state__in=["initiated", "redirected"]),
                name="attempts_without_an_end",
            )
        ]


class GatewayNotice(models.Model):
    """What a gateway told us, as it came, stored before it was believed."""

    gateway = models.CharField(max_length=20)
    event = models.CharField(max_length=128)
    raw = models.BinaryField()
    received_at = models.DateTimeField()
    attempt = models.ForeignKey(Attempt, models.PROTECT, null=True, related_name="notices")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gateway", "event"], name="notice_once_for_ever")]


class Receipt(models.Model):
    """Proof that a charge is settled: at most one for a charge."""

    number = models.CharField(max_length=24, unique=True)
    charge = models.OneToOneField(Charge, models.PROTECT, related_name="receipt")
    attempt = models.OneToOneField(Attempt, models.PROTECT, null=True, related_name="receipt")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
