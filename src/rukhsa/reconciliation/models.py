"""Statements as they were taken in, the differences that were found, who owns each, and how it was explained."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import TERRITORY, Holder, Scope, Scoped, ScopedQuerySet
from rukhsa.values.money import Money


class StatementQuerySet(models.QuerySet["Statement"]):
    """Which statements count."""

    def current(self) -> "StatementQuerySet":
        """Of each gateway and day the one that was taken in last: a corrected statement replaces the first."""
        later = Statement.objects.filter(
            Q(taken_at__gt=OuterRef("taken_at")), gateway=OuterRef("gateway"), day=OuterRef("day")
        )
        return self.filter(~Exists(later))


class Statement(models.Model):
    """What a gateway says that it took and gave back on one day, as one file."""

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
        """What of it has come to the bank."""
        return Money(minor=sum(each.net for each in self.settlements.all()), currency=self.currency)

    @property
    def settled_count(self) -> int:
        """How many of its lines."""
        return sum(each.count for each in self.settlements.all())


class StatementLine(models.Model):
    """One movement of a statement; below zero what went back, or what the gateway kept for itself."""

    class Of(models.TextChoices):
        PAYMENT = "payment"
        RETURN = "return"
        COMMISSION = "commission"

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="lines")
    row = models.IntegerField()  # of the file, from 1
    reference = models.CharField(max_length=40)  # ours
    gateway_reference = models.CharField(max_length=80)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
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
        """What it is: of one payment there is one of each at most."""
        if self.is_commission:
            return self.Of.COMMISSION
        return self.Of.PAYMENT if self.amount > 0 else self.Of.RETURN

    @property
    def money(self) -> Money:
        """The amount as a value."""
        return Money(minor=self.amount, currency=self.currency)


class Settlement(models.Model):
    """What of a statement our books agreed to at one moment, of one authority: it has come to the bank."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="settlements")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    count = models.IntegerField()
    net = models.BigIntegerField()
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="+"
    )  # who took it in, or closed a difference
    at = models.DateTimeField()


class SettledLine(models.Model):
    """One line of it. A payment is settled once, and so is what went back of it and what the gateway kept of it."""

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="lines")
    line = models.OneToOneField(StatementLine, models.PROTECT, related_name="settled")
    gateway = models.CharField(max_length=20)
    reference = models.CharField(max_length=40)
    of = models.CharField(max_length=10, choices=StatementLine.Of)
    booked = models.BigIntegerField()  # what our books had; of a commission nothing

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "reference", "of"], name="payment_settled_once")
        ]


class DifferenceQuerySet(ScopedQuerySet["Difference"]):
    """Which differences are open, and whose they are."""

    def on_which(self, actor: Holder, permission: Permission, *also: Permission) -> Self:
        """Those at the authorities in which the actor holds all of these, and those whose authority is not known."""
        mine = actor.authorities_where(permission, *also)
        return self.filter(Q(authority__in=mine) | Q(authority=None)) if mine else self.none()

    def open(self) -> "DifferenceQuerySet":
        """Those that nobody has closed with an explanation."""
        return self.filter(~Exists(Explanation.objects.filter(difference=OuterRef("pk"), closes=True)))

    def of(self, person: Person) -> "DifferenceQuerySet":
        """Those whose owner somebody is."""
        return self.annotate(owner=_owner()).filter(owner=person.pk)

    def owned(self) -> "DifferenceQuerySet":
        """With `owner`, the key of the person to whom each was given last."""
        return self.annotate(owner=_owner())


def _owner() -> Subquery:
    """The person to whom a difference was given last."""
    return Subquery(Ownership.objects.filter(difference=OuterRef("pk")).order_by("-pk").values("person")[:1])


class Difference(Scoped):
    """One thing that a statement and our books tell differently. It stays until a person has explained it."""

    class Kind(models.TextChoices):
        MISSING_HERE = "missing-here"  # the gateway took it, and we know no such payment
        NOT_SETTLED_HERE = "not-settled-here"  # we know it, and not that it was paid
        MISSING_THERE = "missing-there"  # we hold it for paid, and no statement has it
        AMOUNT = "amount"
        TWICE = "twice"  # the gateway lists one payment twice
        LATE = "late"  # we learned of it more than a day after
        WRONG_DAY = "wrong-day"  # it stands in the statement of another day

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="differences")
    kind = models.CharField(max_length=16, choices=Kind)
    gateway = models.CharField(max_length=20)
    reference = models.CharField(max_length=40)  # ours, as the statement or our books have it
    gateway_reference = models.CharField(max_length=80, blank=True)
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, related_name="+")  # where it is known
    theirs = models.BigIntegerField(null=True)
    ours = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    found_at = models.DateTimeField()

    objects = DifferenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "kind", "reference", "gateway_reference"], name="difference_found_once"
            )
        ]
        indexes = [models.Index(fields=["found_at"], name="differences_oldest_first")]

    @property
    def scope(self) -> Scope:
        """Its authority; where that is not known it concerns each of them."""
        return super().scope if self.authority_id else TERRITORY

    @property
    def money_there(self) -> Money | None:
        """What the gateway says."""
        return None if self.theirs is None else Money(minor=self.theirs, currency=self.currency)

    @property
    def money_here(self) -> Money | None:
        """What our books say."""
        return None if self.ours is None else Money(minor=self.ours, currency=self.currency)

    def age(self, at: datetime) -> timedelta:
        """How long it has been open, or was until it was closed."""
        closing = next((each for each in self.explanations.all() if each.closes), None)
        return (closing.at if closing else at) - self.found_at


class Ownership(models.Model):
    """Whose a difference became; the last one counts."""

    difference = models.ForeignKey(Difference, models.PROTECT, related_name="ownerships")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Explanation(models.Model):
    """What somebody found out about a difference; the one that closes it is the last."""

    difference = models.ForeignKey(Difference, models.PROTECT, related_name="explanations")
    text = models.CharField(max_length=1000)
    closes = models.BooleanField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["difference"], condition=Q(closes=True), name="difference_closed_once"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="explained_in_words"),
        ]
