"""Deposits: a ledger of their own with two sides, of what is held, forfeited with a reason, and released."""

import logging
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from rukhsa.applications.models import Application
from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.payments.errors import NotHeld
from rukhsa.payments.models import ChargeLine, DepositEntry, DepositMovement
from rukhsa.values.money import Money

logger = logging.getLogger(__name__)

Account, Kind = DepositEntry.Account, DepositMovement.Kind


def hold(line: ChargeLine, *, at: datetime) -> DepositMovement:
    """Take up a deposit that was paid: it lies in the bank, and we owe it."""
    movement = DepositMovement.objects.create(line=line, kind=Kind.HELD, at=at)
    _enter(movement, line, debit=Account.BANK, credit=Account.HELD, amount=line.amount)
    return movement


def forfeit(line: ChargeLine, money: Money, *, reason: str, actor: Actor, at: datetime) -> DepositMovement:
    """Keep a part or all of a deposit, with the reason; raises NotHeld when that much is not held."""
    if not reason.strip():
        raise ValueError("a forfeiture has its reason")
    with transaction.atomic():
        _take(line, money)
        movement = DepositMovement.objects.create(
            line=line, kind=Kind.FORFEITED, reason=reason.strip(), actor=actor.person, at=at
        )
        _enter(movement, line, debit=Account.HELD, credit=Account.INCOME, amount=money.minor)
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
        _enter(movement, line, debit=Account.HELD, credit=Account.PAYABLE, amount=money.minor)
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
    iban = _iban_of(application)
    if freed and not iban:
        logger.error("application %s frees a deposit and gives no account", application.pk)
    return release_rules(application, freed, iban=iban, at=at) if freed and iban else []


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
    entries = DepositEntry.objects.filter(movement__line=line, account=Account.HELD)
    return Money(minor=-(entries.aggregate(sum=Sum("amount"))["sum"] or 0), currency=line.charge.currency)


def _iban_of(application: Application) -> str:
    questions = [question.id for question in application.definition.questions if question.type == "iban"]
    return next((str(application.answers[one]) for one in questions if application.answers.get(one)), "")


def _take(line: ChargeLine, money: Money | None) -> Money:
    ChargeLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    there = held(line)
    wanted = there if money is None else money
    if wanted.currency != there.currency or not 0 < wanted.minor <= there.minor:
        raise NotHeld(f"{wanted} of {there}")
    return wanted


def _enter(movement: DepositMovement, line: ChargeLine, *, debit: str, credit: str, amount: int) -> None:
    currency = line.charge.currency
    DepositEntry.objects.bulk_create([
        DepositEntry(movement=movement, account=debit, amount=amount, currency=currency),
        DepositEntry(movement=movement, account=credit, amount=-amount, currency=currency),
    ])  # fmt: skip
