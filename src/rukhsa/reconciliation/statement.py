"""Statements of gateways as they were taken in: what a gateway took and gave back on a day, line by line."""

import uuid
from typing import Final

from django.db import models
from django.db.models import Exists, OuterRef, Q

from rukhsa.accounts.models import Person
from rukhsa.payments.amount import Amount
from rukhsa.values.money import Money

# The name of the lock under which statements are taken in and settled, one at a time.
STATEMENTS: Final = "reconciliation.statements"


class StatementQuerySet(models.QuerySet["Statement"]):
    """Which statements count."""

    def current(self) -> "StatementQuerySet":
        """The last statement taken in for each gateway and day: a corrected statement replaces the first."""
        later = Statement.objects.filter(
            Q(taken_at__gt=OuterRef("taken_at")), gateway=OuterRef("gateway"), day=OuterRef("day")
        )
        return self.filter(~Exists(later))


class Statement(models.Model):
    """What a gateway says it took and gave back on one day, as one file."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    gateway = models.CharField(max_length=20)
    day = models.DateField()
    digest = models.CharField(max_length=64)  # SHA-256 of the file
    count = models.IntegerField()
    net = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    taken_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    objects = StatementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "day", "digest"], name="statement_taken_in_once")
        ]
        indexes = [models.Index(fields=["-day", "gateway"], name="statements_newest_first")]

    @property
    def money(self) -> Money:
        """What came, less what went back."""
        return Money(minor=self.net, currency=self.currency)

    @property
    def settled(self) -> Money:
        """How much of it has come to the bank."""
        return Money(minor=sum(each.net for each in self.settlements.all()), currency=self.currency)

    @property
    def settled_count(self) -> int:
        """How many of its lines have come to the bank."""
        return sum(each.count for each in self.settlements.all())


class StatementLine(Amount):
    """One movement of a statement; below zero, money went back or the gateway kept it."""

    class Of(models.TextChoices):
        PAYMENT = "payment"
        RETURN = "return"
        COMMISSION = "commission"

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="lines")
    row = models.IntegerField()  # of the file, from 1
    reference = models.CharField(max_length=40)  # ours
    gateway_reference = models.CharField(max_length=80)
    is_commission = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "row"], name="line_of_a_row"),
            models.CheckConstraint(condition=~Q(amount=0), name="line_of_something"),
        ]
        indexes = [models.Index(fields=["reference"], name="lines_of_a_payment")]

    @property
    def of(self) -> Of:
        """What it is; a payment has at most one line of each."""
        if self.is_commission:
            return self.Of.COMMISSION
        return self.Of.PAYMENT if self.amount > 0 else self.Of.RETURN
