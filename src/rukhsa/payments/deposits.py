"""Deposits: what is held, forfeited with a reason, and released; the ledger has the amounts."""

import logging
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from rukhsa.applications.models import Application
from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.payments.errors import NotHeld
from rukhsa.payments.ledger import credit, debit, post
from rukhsa.payments.models import Account, ChargeLine, DepositMovement, Entry
from rukhsa.values.money import Money

logger = logging.getLogger(__name__)

Kind = DepositMovement.Kind


def hold(line: ChargeLine, *, at: datetime) -> DepositMovement:
    """Take up a deposit with the payment that brought it: from now on we owe it."""
    return DepositMovement.objects.create(line=line, kind=Kind.HELD, at=at)


def forfeit(line: ChargeLine, money: Money, *, reason: str, actor: Actor, at: datetime) -> DepositMovement:
    """Keep a part or all of a deposit, with the reason; raises NotHeld when that much is not held."""
    if not reason.strip():
        raise ValueError("a forfeiture has its reason")
    with transaction.atomic():
        _take(line, money)
        movement = DepositMovement.objects.create(
            line=line, kind=Kind.FORFEITED, reason=reason.strip(), actor=actor.person, at=at
        )
        _move(movement, money, to=Account.FORFEITURES)
        journal.record("forfeit", line.charge, actor=actor, at=at, rule=line.rule, amount=str(money))
    return movement


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
        journal.record("release", line.charge, actor=actor, at=at, rule=line.rule, amount=str(money))
    return movement


def release_due(
    application: Application, *, passed: Collection[str] = (), at: datetime
) -> list[DepositMovement]:
    """Release the deposits of an application that are freed by an inspection among `passed`.

    They go to the account that the application gives; without one they stay held, and the log tells it.
    Any number of times: what is not held stays as it is."""
    freed = [
        rule.id
        for rule in application.definition.charges
        if rule.released_by is not None and rule.released_by.inspection in passed
    ]
    iban = iban_of(application)
    if freed and not iban:
        logger.error("application %s frees a deposit and gives no account", application.pk)
    return release_rules(application, freed, iban=iban, at=at) if freed and iban else []


def release_closed(application: Application, *, at: datetime) -> list[DepositMovement]:
    """Release every deposit of an application that came to nothing; without an account they stay held."""
    iban = iban_of(application)
    deposit_rules = [rule.id for rule in application.definition.charges if rule.kind == "deposit"]
    return release_rules(application, deposit_rules, iban=iban, at=at) if iban and deposit_rules else []


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
    return [release(line, iban=iban, actor=None, at=at) for line in lines if held(line).minor > 0]


def held(line: ChargeLine) -> Money:
    """How much of a deposit is held."""
    entries = Entry.objects.filter(line=line, account=Account.DEPOSITS)
    return Money(minor=-(entries.aggregate(sum=Sum("amount"))["sum"] or 0), currency=line.charge.currency)


def iban_of(application: Application) -> str:
    """The account to which an application's money goes back, as the applicant gave it; or an empty text."""
    questions = [question.id for question in application.definition.questions if question.type == "iban"]
    return next((str(application.answers[one]) for one in questions if application.answers.get(one)), "")


def _take(line: ChargeLine, money: Money | None) -> Money:
    ChargeLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    there = held(line)
    wanted = there if money is None else money
    if wanted.currency != there.currency or not 0 < wanted.minor <= there.minor:
        raise NotHeld(f"{wanted} of {there}")
    return wanted


def _move(movement: DepositMovement, money: Money, *, to: Account) -> None:
    line = movement.line
    entries = [debit(Account.DEPOSITS, money, line=line), credit(to, money, line=line)]
    authority = line.charge.application.authority_id
    post(f"{movement.kind}:{movement.pk}", authority, entries, at=movement.at)
