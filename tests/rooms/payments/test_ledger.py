"""The ledger: what each event of a payment does to the books, and what the database refuses."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rukhsa.payments.charge import write_receipt
from rukhsa.payments.gateways.port import Fate, GatewayReport
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.ledger import (
    NotInTheTable,
    Unbalanced,
    balances,
    credit,
    debit,
    event_of,
    post,
    trial_balance,
)
from rukhsa.payments.models import Account, Attempt, Charge, Entry, Posting, Receipt
from rukhsa.payments.outcome import record
from rukhsa.values.money import Money

pytestmark = pytest.mark.django_db
Kind = Posting.Kind
ONE = Money(minor=1, currency="BHD")


def now() -> datetime:
    return datetime.now(UTC)


def captured(charge: Charge, minor: int) -> Attempt:
    """An attempt once the gateway reports that so much was captured."""
    attempt = Attempt.objects.create(
        charge=charge, gateway="national", reference=f"T{Attempt.objects.count()}", amount=charge.amount,
        currency=charge.currency, state=Attempt.State.REDIRECTED, gateway_reference="P", started_at=now(),
    )  # fmt: skip
    report = GatewayReport(
        fate=Fate.CAPTURED, reference=attempt.reference, merchant=gateway("national").merchant,
        gateway_reference="P", money=Money(minor=minor, currency="BHD"), result="CAPTURED",
    )  # fmt: skip
    return record(attempt.pk, report, at=now())


def receipt_of(charge: Charge) -> Receipt:
    """A receipt that nothing was posted for."""
    return write_receipt(charge, attempt_id=None, at=now())


def standing() -> dict[str, int]:
    """What stands on each account of the authority, in fils."""
    return {one.account.value: one.money.minor for one in balances() if one.money.minor}


def test_a_payment_is_at_the_gateway_and_is_earned_or_owed_row_by_row(charge_with_deposit: Charge) -> None:
    captured(charge_with_deposit, 209_000)
    assert standing() == {"clearing": 209_000, "fees": -5_000, "deposits": -204_000}
    assert {(one.authority, one.gateway) for one in balances()} == {("CAP", "national"), ("CAP", "")}


def test_what_is_paid_too_much_is_owed_back(charge: Charge) -> None:
    captured(charge, 25_600)
    assert standing() == {"clearing": 25_600, "fees": -25_500, "overpayments": -100}


def test_what_is_paid_too_little_is_owed_back_whole(charge: Charge) -> None:
    captured(charge, 25_499)
    assert standing() == {"clearing": 25_499, "underpayments": -25_499}


def test_what_is_paid_twice_is_owed_back_whole(charge: Charge) -> None:
    captured(charge, 25_500)
    captured(charge, 25_500)
    assert standing() == {"clearing": 51_000, "fees": -25_500, "refunds": -25_500}


def test_the_same_word_again_is_posted_once(charge: Charge) -> None:
    attempt = captured(charge, 25_500)
    taken = [debit(Account.CLEARING, ONE, gateway="national"), credit(Account.FEES, ONE)]
    with pytest.raises(IntegrityError), transaction.atomic():
        post(Kind.CAPTURED, "CAP", taken, at=now(), receipt=attempt.receipt)
    assert Posting.objects.count() == 1


def test_sides_that_do_not_add_up_are_not_posted(charge: Charge) -> None:
    dollar = Money(minor=1, currency="USD")
    receipt = receipt_of(charge)
    for entries in ([], [debit(Account.BANK, ONE)], [debit(Account.BANK, ONE), credit(Account.FEES, dollar)]):
        with pytest.raises(Unbalanced):
            post(Kind.CAPTURED, "CAP", entries, at=now(), receipt=receipt)
    assert not Posting.objects.exists()


def test_a_move_that_is_not_in_the_table_is_not_posted(charge: Charge) -> None:
    receipt = receipt_of(charge)
    earned = [debit(Account.CLEARING, ONE, gateway="national"), credit(Account.FEES, ONE)]
    undone = [debit(Account.FEES, ONE), credit(Account.CLEARING, ONE, gateway="national")]
    for kind, entries in [(Kind.RELEASED, earned), (Kind.OWED, earned), (Kind.CAPTURED, undone)]:
        with pytest.raises(NotInTheTable):
            post(kind, "CAP", entries, at=now(), receipt=receipt)
    assert not Posting.objects.exists()
    post(Kind.CAPTURED, "CAP", earned, at=now(), receipt=receipt)


def test_the_database_takes_a_posting_with_the_one_fact_of_its_kind(charge: Charge) -> None:
    attempt = captured(charge, 25_600)
    taken = Posting.objects.get(kind=Kind.CAPTURED)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS payments_posting_of_a_settlement IMMEDIATE")
    for fact in (
        {"kind": Kind.RELEASED},
        {"kind": Kind.OWED, "refund": None, "receipt": taken.receipt},
        {"kind": Kind.OWED, "refund": attempt.refund, "settlement": uuid4()},
        {"kind": Kind.OWED, "refund": attempt.refund},  # it has its posting
        {"kind": Kind.SETTLED, "settlement": uuid4()},  # of no settlement that there is
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Posting.objects.create(authority_id="CAP", at=now(), **fact)
    assert Posting.objects.count() == 2


def test_a_posting_is_called_by_its_kind_and_what_it_is_about(charge: Charge) -> None:
    attempt = captured(charge, 25_600)
    called = Posting.objects.annotate(event=event_of()).values_list("event", flat=True)
    assert set(called) == {f"captured:{attempt.pk}", f"owed:{attempt.refund.pk}"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("entries", [(), (1,), (1, -2), (5, -3, -1)])
def test_the_database_refuses_a_posting_that_does_not_add_up(
    charge: Charge, entries: tuple[int, ...]
) -> None:
    with pytest.raises(DatabaseError, match="add up"), transaction.atomic():
        _write(charge, list(entries))
    assert not Posting.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_a_further_entry_of_an_old_posting(charge: Charge) -> None:
    captured(charge, 25_500)
    with pytest.raises(DatabaseError, match="add up"), transaction.atomic():
        Entry.objects.create(posting=Posting.objects.get(), account="fees", amount=-1, currency="BHD")
    assert trial_balance() == {"BHD": 0}


def test_the_books_are_written_once(charge: Charge) -> None:
    captured(charge, 25_500)
    for wrong in (
        lambda: Entry.objects.update(amount=1),
        Entry.objects.all().delete,
        Posting.objects.all().delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            wrong()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # each example is undone
@given(
    amounts=st.lists(st.integers(-(10**12), 10**12).filter(bool), min_size=1, max_size=12), even=st.booleans()
)
def test_the_database_takes_what_adds_up_and_nothing_else(
    amounts: list[int], even: bool, charge: Charge
) -> None:
    if even and sum(amounts):
        amounts = [*amounts, -sum(amounts)]
    with transaction.atomic():
        try:
            with transaction.atomic():
                _write(charge, amounts)
        except DatabaseError:
            assert sum(amounts) != 0
        else:
            assert sum(amounts) == 0
        transaction.set_rollback(True)


def _write(charge: Charge, amounts: list[int]) -> None:
    receipt = receipt_of(charge)
    posting = Posting.objects.create(kind=Kind.CAPTURED, receipt=receipt, authority_id="CAP", at=now())
    Entry.objects.bulk_create(
        [Entry(posting=posting, account="fees", amount=amount, currency="BHD") for amount in amounts]
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
