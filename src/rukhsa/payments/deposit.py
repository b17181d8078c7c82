"""Deposits: held with the payment that brought them, forfeited in part, and released; the ledger has the amounts."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Q, QuerySet, Sum

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import State
from rukhsa.applications.models import Application
from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.payments.charge import ChargeLine
from rukhsa.payments.deposit_account import iban_of
from rukhsa.payments.errors import PaymentsError
from rukhsa.payments.ledger import Account, Entry, Posting, credit, debit, post
from rukhsa.values.money import Money

# Assumed: no source says how often an owner is reminded.
REMINDERS = (timedelta(0), timedelta(days=30), timedelta(days=90))


class NotHeld(PaymentsError):
    """The deposit does not hold that much."""

    code = "not-held"


class HeldDeposit(Scoped):
    """A deposit that is held in whole or in part. Its row is deleted once all of it has gone."""

    line = models.OneToOneField(ChargeLine, models.PROTECT, primary_key=True, related_name="held_row")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    held_at = models.DateTimeField()
    # Since when it could go back, while its owner has not given an account.
    unclaimed_since = models.DateTimeField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    # The account it goes to once a pending forfeiture is decided: it was freed in the meantime.
    freed_iban = models.CharField(max_length=34, blank=True)

    objects = ScopedQuerySet["HeldDeposit"].as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["authority", "unclaimed_since"],
                condition=Q(unclaimed_since__isnull=False),
                name="deposits_unclaimed",
            )
        ]


class DepositMovement(Scoped):
    """What happened to a deposit: held, forfeited in part by two people, or released."""

    class Kind(models.TextChoices):
        HELD = "held"
        FORFEITED = "forfeited"
        RELEASED = "released"

    line = models.ForeignKey(ChargeLine, models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.CharField(max_length=400, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    photos = models.JSONField(default=list)  # digests, of what was forfeited
    forfeiture = models.OneToOneField(
        "payments.Forfeiture", models.PROTECT, null=True, related_name="movement"
    )
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    authority_path = "line__charge__application__authority"
    objects = ScopedQuerySet["DepositMovement"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line"], condition=Q(kind="held"), name="a_deposit_is_held_once"),
            models.CheckConstraint(
                condition=~Q(kind="forfeited") | ~Q(reason=""), name="forfeited_with_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(kind="forfeited") | Q(forfeiture__isnull=False), name="forfeited_by_two"
            ),
            models.CheckConstraint(condition=~Q(kind="released") | ~Q(iban=""), name="released_to_an_iban"),
        ]


Kind = DepositMovement.Kind


def hold(line: ChargeLine, *, at: datetime) -> DepositMovement:
    """Hold a deposit from its payment on: it is owed back once the works are done."""
    authority = line.charge.application.authority_id
    # What is paid was submitted, and has an authority.
    assert authority
    HeldDeposit.objects.create(line=line, authority_id=authority, held_at=at)
    return DepositMovement.objects.create(line=line, kind=Kind.HELD, at=at)


def release_rest(line: ChargeLine, *, actor: Actor, at: datetime) -> DepositMovement | None:
    """Release what a forfeiture left, or mark it unclaimed where no account is known; None when nothing is released."""
    if held(line).minor == 0:
        return None
    freed = HeldDeposit.objects.filter(line=line).values_list("freed_iban", flat=True).first()
    iban = freed or iban_of(line.charge.application)
    if not iban:
        mark_unclaimed(ChargeLine.objects.filter(pk=line.pk), at=at)
        return None
    return release(line, iban=iban, actor=actor, at=at)


def release_freed(line: ChargeLine, *, at: datetime) -> DepositMovement | None:
    """Release a deposit that was freed while a forfeiture was pending; None where it was not."""
    freed = HeldDeposit.objects.filter(line=line).exclude(freed_iban="").first()
    return release(line, iban=freed.freed_iban, actor=None, at=at) if freed else None


def release_due(
    application: Application, *, passed: Collection[str] = (), at: datetime
) -> list[DepositMovement]:
    """Release the deposits of an application that an inspection among `passed` frees.

    They go to the account that the applicant gives; without one they stay held, and are unclaimed.
    Safe any number of times: a deposit that is not held stays as it is."""
    freed = [
        rule.id
        for rule in application.definition.charges
        if rule.released_by is not None and rule.released_by.inspection in passed
    ]
    return _release_or_mark(application, freed, at=at)


def release_closed(application: Application, *, at: datetime) -> list[DepositMovement]:
    """Release every deposit of an application that ended without a document; without an account they are unclaimed."""
    deposit_rules = [rule.id for rule in application.definition.charges if rule.kind == "deposit"]
    return _release_or_mark(application, deposit_rules, at=at)


def _release_or_mark(
    application: Application, rules: Collection[str], *, at: datetime
) -> list[DepositMovement]:
    if not rules:
        return []
    iban = iban_of(application)
    if iban:
        return release_rules(application, rules, iban=iban, at=at)
    mark_unclaimed(ChargeLine.objects.filter(charge__application=application, rule__in=rules), at=at)
    return []


@transaction.atomic
def release_rules(
    application: Application, rules: Collection[str], *, iban: str, at: datetime
) -> list[DepositMovement]:
    """Release what is held of the deposits of these rules, such as those of a permit that a completion certificate
    closes; while a forfeiture of a deposit is pending, that deposit waits for the decision."""
    lines = ChargeLine.objects.filter(
        charge__application=application,
        charge__receipt__isnull=False,
        kind=ChargeLine.Kind.DEPOSIT,
        rule__in=rules,
    )
    return [
        release(line, iban=iban, actor=None, at=at)
        for line in lines
        if held(line).minor > 0 and not _waits_for_a_forfeiture(line, iban)
    ]


def _waits_for_a_forfeiture(line: ChargeLine, iban: str) -> bool:
    """Keep the account for later, and say so, where a forfeiture is pending."""
    lock_line(line)
    if not line.forfeitures.filter(state=State.PROPOSED).exists():
        return False
    HeldDeposit.objects.filter(line=line).update(freed_iban=iban)
    return True


@transaction.atomic
def release(line: ChargeLine, *, iban: str, actor: Actor | None, at: datetime) -> DepositMovement:
    """Release all that is still held to the account `iban`; raises NotHeld when nothing is, so that it happens once."""
    if not iban.strip():
        raise ValueError("a deposit is released to an account")
    money = lock_held(line)
    movement = DepositMovement.objects.create(
        line=line, kind=Kind.RELEASED, iban=iban, actor=actor.person if actor else None, at=at
    )
    move(movement, money, to=Account.RELEASES)
    journal.record("release", line.charge, actor=actor, at=at, rule=line.rule, amount=str(money))
    return movement


def lock_line(line: ChargeLine) -> None:
    """Lock a deposit until the open transaction ends."""
    ChargeLine.objects.select_for_update(of=("self",)).get(pk=line.pk)


def lock_held(line: ChargeLine, money: Money | None = None) -> Money:
    """Lock a deposit and return `money`, or all that is held; raises NotHeld when that much is not held."""
    lock_line(line)
    there = held(line)
    wanted = there if money is None else money
    if wanted.currency != there.currency or not 0 < wanted.minor <= there.minor:
        raise NotHeld(f"{wanted} of {there}")
    return wanted


def move(movement: DepositMovement, money: Money, *, to: Account) -> None:
    """Post what left a deposit, and delete its row among the held once nothing is left. The caller holds its lock."""
    line = movement.line
    entries = [debit(Account.DEPOSITS, money, line=line), credit(to, money, line=line)]
    authority = line.charge.application.authority_id
    post(Posting.Kind(movement.kind), authority, entries, at=movement.at, movement=movement)
    if held(line).minor == 0:
        HeldDeposit.objects.filter(line=line).delete()


def held(line: ChargeLine) -> Money:
    """How much of a deposit is held."""
    entries = Entry.objects.filter(line=line, account=Account.DEPOSITS)
    return Money(minor=-(entries.aggregate(sum=Sum("amount"))["sum"] or 0), currency=line.charge.currency)


def unclaimed(actor: Actor) -> QuerySet[HeldDeposit]:
    """Unclaimed deposits where the actor reads about money, the oldest first."""
    ours = HeldDeposit.objects.on_which(actor, Permission.READ_MONEY).filter(unclaimed_since__isnull=False)
    return ours.order_by("unclaimed_since", "pk")


def mark_unclaimed(lines: QuerySet[ChargeLine], *, at: datetime) -> int:
    """Mark deposits as unclaimed from now on; those already marked keep their time."""
    found = HeldDeposit.objects.filter(line__in=lines, unclaimed_since=None)
    return found.update(unclaimed_since=at)


def reminders_due(*, at: datetime, only: int = 200) -> Iterator[tuple[HeldDeposit, int]]:
    """The unclaimed deposits whose owner is to be reminded, each with the number of the reminder.

    Its cost grows with the number of unclaimed deposits."""
    for number, after in enumerate(REMINDERS):
        due = HeldDeposit.objects.filter(reminders=number, unclaimed_since__lte=at - after)
        needed = ("line__charge__application__applicant",)
        for each in due.select_related(*needed).order_by("unclaimed_since")[:only]:
            yield each, number


def note_reminder(deposit: HeldDeposit, number: int) -> None:
    """Record that the owner of a deposit was reminded, so that each reminder is sent once."""
    HeldDeposit.objects.filter(pk=deposit.pk, reminders=number).update(reminders=number + 1)
