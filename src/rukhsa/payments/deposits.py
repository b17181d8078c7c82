"""Deposits: a ledger of their own with two sides, of what is held, forfeited with a reason, and released."""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.payments.errors import NotHeld
from rukhsa.payments.models import ChargeLine, DepositEntry, DepositMovement
from rukhsa.values.money import Money

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


def held(line: ChargeLine) -> Money:
    """How much of a deposit is held."""
    entries = DepositEntry.objects.filter(movement__line=line, account=Account.HELD)
    return Money(minor=-(entries.aggregate(sum=Sum("amount"))["sum"] or 0), currency=line.charge.currency)


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
