"""Settling: a report must be equal, money may come at the wrong time, and the lock lets it count once."""

import itertools
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rukhsa.payments import outcome
from rukhsa.payments.attempt import differences
from rukhsa.payments.gateways.port import Fate, GatewayReport
from rukhsa.payments.models import Attempt, Charge, Receipt, Refund
from rukhsa.payments.outcome import record
from rukhsa.values.money import Money
from tests.rooms.payments.conftest import Begin
from tests.taken_back import taken_back
from tests.together import at_once, no_lock_before

pytestmark = pytest.mark.django_db
State = Attempt.State
OWED = Money(minor=25_500, currency="BHD")


def now() -> datetime:
    return datetime.now(UTC)


def report(attempt: Attempt, **other: Any) -> GatewayReport:
    same: dict[str, Any] = {
        "fate": Fate.CAPTURED,
        "reference": attempt.reference,
        "gateway_reference": attempt.gateway_reference,
        "merchant": "10000001",
        "money": attempt.money,
        "result": "CAPTURED 00",
    }
    return GatewayReport(**(same | other))


@pytest.fixture
def attempt(charge: Charge, begin: Begin) -> Attempt:
    begin(charge)
    return charge.attempts.get()


def test_what_is_equal_in_every_part_settles(attempt: Attempt) -> None:
    assert record(attempt.pk, report(attempt), at=now()).state == State.CAPTURED
    assert Receipt.objects.get().attempt == attempt


DIFFERING: list[dict[str, Any]] = [
    {"reference": "261124000000000"},
    {"gateway_reference": "123456789012"},
    {"gateway_reference": ""},
    {"merchant": "10009999"},
    {"money": None},
    {"money": Money(minor=25_500, currency="USD")},
    {"money": Money(minor=25_499, currency="BHD")},
    {"money": Money(minor=0, currency="BHD")},
    {"money": Money(minor=-25_500, currency="BHD")},
    {"money": Money(minor=2_550, currency="BHD")},
]


def test_what_differs_in_one_part_never_settles(attempt: Attempt) -> None:
    for other in DIFFERING:
        with taken_back():
            assert record(attempt.pk, report(attempt, **other), at=now()).state == State.NEEDS_REVIEW, other
            assert not Receipt.objects.exists(), other


def test_too_little_is_owed_back_and_too_much_in_part(attempt: Attempt) -> None:
    less = Money(minor=25_499, currency="BHD")
    record(attempt.pk, report(attempt, money=less), at=now())
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason) == (25_499, Refund.Reason.UNDERPAID)


def test_too_much_settles_and_the_difference_is_owed_back(attempt: Attempt) -> None:
    record(attempt.pk, report(attempt, money=Money(minor=25_501, currency="BHD")), at=now())
    assert Receipt.objects.get().amount == 25_500
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason) == (1, Refund.Reason.OVERPAID)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minor=st.integers(-(10**9), 25_499), currency=st.sampled_from(["BHD", "USD"]))
def test_no_lesser_amount_is_ever_equal(attempt: Attempt, minor: int, currency: str) -> None:
    word = report(attempt, money=Money(minor=minor, currency=currency))
    assert differences(attempt, word, merchant="10000001") not in ([], ["overpaid"])


def test_in_any_order_money_settles_once(attempt: Attempt) -> None:
    for words in itertools.permutations([Fate.FAILED, Fate.CAPTURED, Fate.CANCELLED, Fate.OPEN]):
        with taken_back():
            for fate in words + words:
                record(attempt.pk, report(attempt, fate=fate), at=now())

            attempt.refresh_from_db()
            assert attempt.state == State.CAPTURED, words
            assert Receipt.objects.count() == 1, words
            assert not Refund.objects.exists(), words


def test_a_payment_that_the_gateway_never_knew_has_failed_only_after_a_while(attempt: Attempt) -> None:
    word = report(attempt, fate=Fate.NOT_FOUND)
    assert record(attempt.pk, word, at=now()).state == State.REDIRECTED
    assert record(attempt.pk, word, at=now() + timedelta(minutes=2)).state == State.FAILED


@pytest.mark.django_db(transaction=True)
def test_two_payments_of_one_charge_make_one_receipt_and_one_refund(charge: Charge, begin: Begin) -> None:
    first, second = _two_attempts(charge, begin)

    _each_recorded(first, second)

    assert Receipt.objects.count() == 1
    assert Refund.objects.get().amount == OWED.minor
    assert set(charge.attempts.values_list("state", flat=True)) == {State.CAPTURED}


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_second_payment_is_lost(
    charge: Charge, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the lock: without it two workers both take theirs for the first."""
    first, second = _two_attempts(charge, begin)

    with no_lock_before(outcome, "settle_with", monkeypatch), pytest.raises(IntegrityError):
        _each_recorded(first, second)

    assert not Refund.objects.exists()
    assert charge.attempts.filter(state=State.CAPTURED).count() == 1


def _two_attempts(charge: Charge, begin: Begin) -> tuple[Attempt, Attempt]:
    begin(charge)
    first = charge.attempts.get()
    Attempt.objects.filter(pk=first.pk).update(state=State.FAILED, ended_at=now())
    begin(charge)
    return first, charge.attempts.exclude(pk=first.pk).get()


def _each_recorded(*attempts: Attempt) -> None:
    at_once([partial(record, one.pk, report(one), at=now()) for one in attempts])
