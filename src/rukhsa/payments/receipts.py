"""Receipts: the proof that a charge is settled, written once, and what follows from it."""

from datetime import datetime

from django.db import connection
from django.utils import timezone

from rukhsa.audit import journal
from rukhsa.payments import deposits
from rukhsa.payments.ledger import ACCOUNT_OF, credit, debit, post
from rukhsa.payments.models import Account, Attempt, Charge, ChargeLine, Receipt
from rukhsa.values.money import Money


def settle_nothing(charge: Charge, *, at: datetime) -> Receipt:
    """The receipt of a charge of nothing, which no gateway sees."""
    assert charge.amount == 0
    return _write(charge, attempt=None, at=at)


def settle_with(attempt: Attempt, *, at: datetime) -> Receipt:
    """The receipt of a captured attempt. The caller holds the lock of its charge."""
    charge = attempt.charge
    receipt = _write(charge, attempt=attempt, at=at)
    lines = list(charge.lines.filter(amount__gt=0))
    paid = [credit(_account_of(line), _money_of(line, charge), line=line) for line in lines]
    taken = debit(Account.CLEARING, charge.money, gateway=attempt.gateway)
    post(f"captured:{attempt.pk}", charge.application.authority_id, [taken, *paid], at=at)
    for line in lines:
        if line.kind == ChargeLine.Kind.DEPOSIT:
            deposits.hold(line, at=at)
    return receipt


def _account_of(line: ChargeLine) -> Account:
    return ACCOUNT_OF[ChargeLine.Kind(line.kind)]


def _money_of(line: ChargeLine, charge: Charge) -> Money:
    return Money(minor=line.amount, currency=charge.currency)


def _write(charge: Charge, *, attempt: Attempt | None, at: datetime) -> Receipt:
    receipt = Receipt.objects.create(
        number=f"{timezone.localdate(at).year}-{next_number('payments_receipt_number'):07d}",
        charge=charge,
        attempt=attempt,
        amount=charge.amount,
        currency=charge.currency,
        at=at,
    )
    journal.record("settle", charge, actor=None, at=at, receipt=receipt.number)
    return receipt


def next_number(sequence: str) -> int:
    """The next value of a sequence of this room."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s::regclass)", [sequence])
        value: int = cursor.fetchone()[0]
    return value
