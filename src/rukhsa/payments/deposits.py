"""Deposits: what is held, forfeited with a reason, and released; the ledger has the amounts."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from rukhsa.agreement import State
from rukhsa.applications.models import Application
from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.questions.iban import IbanQuestion
from rukhsa.payments import unclaimed
from rukhsa.payments.errors import NotHeld
from rukhsa.payments.held import DepositAccount, HeldDeposit
from rukhsa.payments.ledger import credit, debit, post
from rukhsa.payments.models import Account, ChargeLine, DepositMovement, Entry, Forfeiture
from rukhsa.values.money import Money

Kind = DepositMovement.Kind


def hold(line: ChargeLine, *, at: datetime) -> DepositMovement:
    """Take up a deposit with the payment that brought it: from now on we owe it."""
    authority = line.charge.application.authority_id
    # What is paid was submitted, and has an authority.
    assert authority
    HeldDeposit.objects.create(line=line, authority_id=authority, held_at=at)
    return DepositMovement.objects.create(line=line, kind=Kind.HELD, at=at)


def forfeit(forfeiture: Forfeiture, *, actor: Actor, at: datetime) -> DepositMovement:
    """Keep what two people agreed on, with the reason and pictures that the applicant is shown.

    Raises NotHeld when that much is not held: nothing of it goes back while it is asked for."""
    line, money = forfeiture.line, forfeiture.money
    with transaction.atomic():
        _take(line, money)
        movement = DepositMovement.objects.create(
            line=line,
            kind=Kind.FORFEITED,
            reason=forfeiture.reason,
            photos=forfeiture.photos,
            forfeiture=forfeiture,
            actor=actor.person,
            at=at,
        )
        _move(movement, money, to=Account.FORFEITURES)
        _strike_off(line)
        journal.record("forfeit", line.charge, actor=actor, at=at, rule=line.rule, amount=str(money))
    return movement


def release_rest(line: ChargeLine, *, actor: Actor, at: datetime) -> DepositMovement | None:
    """Owe what a forfeiture left to its owner; without an account it is unclaimed. None where nothing is left."""
    if held(line).minor == 0:
        return None
    freed = HeldDeposit.objects.filter(line=line).values_list("freed_iban", flat=True).first()
    iban = freed or iban_of(line.charge.application)
    if not iban:
        unclaimed.mark(ChargeLine.objects.filter(pk=line.pk), at=at)
        return None
    return release(line, iban=iban, actor=actor, at=at)


def release(line: ChargeLine, *, iban: str, actor: Actor | None, at: datetime) -> DepositMovement:
    """Owe all that is still held to the account `iban`; raises NotHeld when nothing is: done once."""
    if not iban.strip():
        raise ValueError("a deposit is released to an account")
    with transaction.atomic():
        money = _take(line, None)
        movement = DepositMovement.objects.create(
            line=line, kind=Kind.RELEASED, iban=iban, actor=actor.person if actor else None, at=at
        )
        _move(movement, money, to=Account.RELEASES)
        _strike_off(line)
        journal.record("release", line.charge, actor=actor, at=at, rule=line.rule, amount=str(money))
    return movement


def release_freed(line: ChargeLine, *, at: datetime) -> DepositMovement | None:
    """Owe what was freed while somebody was asked to keep a part of it; None where nothing was."""
    freed = HeldDeposit.objects.filter(line=line).exclude(freed_iban="").first()
    return release(line, iban=freed.freed_iban, actor=None, at=at) if freed else None


def release_due(
    application: Application, *, passed: Collection[str] = (), at: datetime
) -> list[DepositMovement]:
    """Release the deposits of an application that are freed by an inspection among `passed`.

    They go to the account that the application gives; without one they stay held, and are unclaimed.
    Any number of times: what is not held stays as it is."""
    freed = [
        rule.id
        for rule in application.definition.charges
        if rule.released_by is not None and rule.released_by.inspection in passed
    ]
    return _release_all(application, freed, at=at)


def release_closed(application: Application, *, at: datetime) -> list[DepositMovement]:
    """Release every deposit of an application that came to nothing; without an account they are unclaimed."""
    deposit_rules = [rule.id for rule in application.definition.charges if rule.kind == "deposit"]
    return _release_all(application, deposit_rules, at=at)


def _release_all(application: Application, rules: Collection[str], *, at: datetime) -> list[DepositMovement]:
    if not rules:
        return []
    iban = iban_of(application)
    if iban:
        return release_rules(application, rules, iban=iban, at=at)
    unclaimed.mark(ChargeLine.objects.filter(charge__application=application, rule__in=rules), at=at)
    return []


@transaction.atomic
def release_rules(
    application: Application, rules: Collection[str], *, iban: str, at: datetime
) -> list[DepositMovement]:
    """Release what is held of the deposits of these rules of an application, such as those of a permit that a
    completion certificate closes; nothing where nothing is held."""
    lines = ChargeLine.objects.filter(
        charge__application=application,
        charge__receipt__isnull=False,
        kind=ChargeLine.Kind.DEPOSIT,
        rule__in=rules,
    )
    return [
        release(line, iban=iban, actor=None, at=at)
        for line in lines
        if held(line).minor > 0 and not _waits(line, iban)
    ]


def _waits(line: ChargeLine, iban: str) -> bool:
    """Whether somebody is asked to keep a part of it: it goes back, to this account, once that is decided."""
    ChargeLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if not Forfeiture.objects.filter(line=line, state=State.PROPOSED).exists():
        return False
    HeldDeposit.objects.filter(line=line).update(freed_iban=iban)
    return True


def held(line: ChargeLine) -> Money:
    """How much of a deposit is held."""
    entries = Entry.objects.filter(line=line, account=Account.DEPOSITS)
    return Money(minor=-(entries.aggregate(sum=Sum("amount"))["sum"] or 0), currency=line.charge.currency)


def iban_of(application: Application) -> str:
    """The account to which an application's money goes back, as the applicant gave it; or an empty text."""
    given = DepositAccount.objects.filter(application=application).order_by("-pk").first()
    return given.iban if given else _answered_iban(application)


def iban_known(application: Application) -> str:
    """The same, where the accounts were fetched with the application."""
    given = max(application.deposit_accounts.all(), key=lambda each: each.pk, default=None)
    return given.iban if given else _answered_iban(application)


def _answered_iban(application: Application) -> str:
    questions = [
        question.id for question in application.definition.questions if isinstance(question, IbanQuestion)
    ]
    return next((str(application.answers[one]) for one in questions if application.answers.get(one)), "")


def _take(line: ChargeLine, money: Money | None) -> Money:
    ChargeLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    there = held(line)
    wanted = there if money is None else money
    if wanted.currency != there.currency or not 0 < wanted.minor <= there.minor:
        raise NotHeld(f"{wanted} of {there}")
    return wanted


def _strike_off(line: ChargeLine) -> None:
    """What is no longer held is no longer listed as held."""
    if held(line).minor == 0:
        HeldDeposit.objects.filter(line=line).delete()


def _move(movement: DepositMovement, money: Money, *, to: Account) -> None:
    line = movement.line
    entries = [debit(Account.DEPOSITS, money, line=line), credit(to, money, line=line)]
    authority = line.charge.application.authority_id
    post(f"{movement.kind}:{movement.pk}", authority, entries, at=movement.at)
