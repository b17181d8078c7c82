"""The ledger of deposits."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.db.utils import DatabaseError

from rukhsa.authorities.actor import Actor
from rukhsa.payments import deposits
from rukhsa.payments.errors import NotHeld
from rukhsa.payments.models import Charge, ChargeLine, DepositEntry, DepositMovement
from rukhsa.values.money import Money
from tests.rooms.payments.test_paying import at_once

IBAN = "BH67BMAG00001299123456"


def now() -> datetime:
    return datetime.now(UTC)


def dinars(text: str) -> Money:
    return Money.parse(text, "BHD")


@pytest.fixture
def line(charge_with_deposit: Charge) -> ChargeLine:
    """204.000 dinars, held."""
    line = charge_with_deposit.lines.get(kind="deposit")
    deposits.hold(line, at=now())
    return line


def balances() -> dict[str, int]:
    rows = DepositEntry.objects.values("account").annotate(sum=Sum("amount")).values_list("account", "sum")
    return dict(rows)


@pytest.mark.django_db
def test_a_deposit_is_forfeited_in_part_and_the_rest_released(line: ChargeLine, layla: Actor) -> None:
    deposits.forfeit(line, dinars("4.000"), reason="The kerb was not reinstated.", actor=layla, at=now())
    deposits.release(line, iban=IBAN, actor=None, at=now())

    assert balances() == {"bank": 204_000, "held": 0, "income": -4_000, "payable": -200_000}
    assert deposits.held(line) == dinars("0.000")


@pytest.mark.django_db
def test_what_is_not_held_is_neither_kept_nor_released(line: ChargeLine, layla: Actor) -> None:
    with pytest.raises(NotHeld):
        deposits.forfeit(line, dinars("204.001"), reason="All and more.", actor=layla, at=now())
    deposits.release(line, iban=IBAN, actor=None, at=now())
    with pytest.raises(NotHeld):
        deposits.release(line, iban=IBAN, actor=None, at=now())


@pytest.mark.django_db
def test_a_forfeiture_has_a_reason_and_a_release_an_account(line: ChargeLine, layla: Actor) -> None:
    with pytest.raises(ValueError, match="reason"):
        deposits.forfeit(line, dinars("1.000"), reason=" ", actor=layla, at=now())
    with pytest.raises(ValueError, match="account"):
        deposits.release(line, iban="", actor=None, at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        DepositMovement.objects.create(line=line, kind="forfeited", at=now())


@pytest.mark.django_db(transaction=True)
def test_eight_releases_at_once_release_once(line: ChargeLine) -> None:
    def release() -> str:
        try:
            deposits.release(line, iban=IBAN, actor=None, at=now())
        except NotHeld:
            return "not held"
        return "released"

    assert sorted(at_once(8, release)) == ["not held"] * 7 + ["released"]
    assert balances()["payable"] == -204_000


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_a_movement_with_one_side(line: ChargeLine) -> None:
    movement = DepositMovement.objects.get(line=line)
    with pytest.raises(DatabaseError, match="add up"), transaction.atomic():
        DepositEntry.objects.create(movement=movement, account="income", amount=-1, currency="BHD")


@pytest.mark.django_db
def test_the_entries_are_written_once(line: ChargeLine) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        DepositEntry.objects.update(amount=1)
