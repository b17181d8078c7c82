"""A gateway's statement is compared with our receipts and refunds, and every difference listed."""

from datetime import UTC, datetime, timedelta

import pytest

from rukhsa.payments.models import Charge
from rukhsa.payments.reconcile import Kind, StatementLine, reconcile
from rukhsa.payments.settle import settle_open
from rukhsa.values.money import Money
from tests.rooms.payments.conftest import Begin
from tests.rooms.payments.test_paying import pay

pytestmark = pytest.mark.django_db(transaction=True)


def now() -> datetime:
    return datetime.now(UTC)


def test_a_statement_that_agrees_has_no_differences(charge: Charge, begin: Begin) -> None:
    pay(begin(charge))
    settle_open(charge.application, at=now())
    assert differences_with(charge, {}) == []


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"money": Money(minor=25_499, currency="BHD")}, [Kind.AMOUNT_DIFFERS]),
        ({"gateway_reference": "1"}, [Kind.NOT_SETTLED_HERE]),
        ({"reference": "999"}, [Kind.UNKNOWN_HERE, Kind.NOT_IN_STATEMENT]),
    ],
)
def test_every_difference_is_listed(
    charge: Charge, begin: Begin, change: dict[str, object], kinds: list[Kind]
) -> None:
    pay(begin(charge))
    settle_open(charge.application, at=now())
    assert [one.kind for one in differences_with(charge, change)] == kinds


def test_money_that_nobody_told_us_of_is_listed(charge: Charge, begin: Begin) -> None:
    pay(begin(charge), fault="lost")
    assert [one.kind for one in differences_with(charge, {})] == [Kind.NOT_SETTLED_HERE]


def differences_with(charge: Charge, change: dict[str, object]) -> list[object]:
    attempt = charge.attempts.get()
    same = {
        "reference": attempt.reference,
        "gateway_reference": attempt.gateway_reference,
        "money": attempt.money,
    }
    line = StatementLine(**(same | change))  # type: ignore[arg-type]
    hour = timedelta(hours=1)
    return list(reconcile("national", [line], since=now() - hour, until=now() + hour))
