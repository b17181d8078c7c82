"""Refunds go back once; statements are compared."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from rukhsa.authorities.actor import Actor
from rukhsa.payments import refunds
from rukhsa.payments.errors import GatewayRefused, GatewayUnreachable, GatewayUnsure, RefundUnderWay
from rukhsa.payments.models import Charge, Refund, RefundPayment
from rukhsa.payments.reconcile import Kind, StatementLine, reconcile
from rukhsa.payments.settle import settle_open
from rukhsa.sandbox.serve import Running
from rukhsa.values.money import Money
from tests.rooms.payments.conftest import Begin, Break
from tests.rooms.payments.test_paying import pay

pytestmark = pytest.mark.django_db(transaction=True)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def refund(charge: Charge, begin: Begin) -> Refund:
    """All of a payment for an application that was withdrawn meanwhile."""
    pay(begin(charge))
    charge.application.stage = "withdrawn"
    charge.application.save()
    settle_open(charge.application, at=now())
    return Refund.objects.get()


def given_back(outside: Running, refund: Refund) -> list[str]:
    ledger = httpx.get(f"{outside.address}/national/ledger.json").json()
    return [
        one["amt"]
        for line in ledger
        if line["trackId"] == refund.attempt.reference
        for one in line["refunds"]
    ]


def test_a_refund_goes_back_through_its_gateway_once(refund: Refund, layla: Actor, outside: Running) -> None:
    refunds.refund_by_gateway(refund, actor=layla, at=now())

    assert given_back(outside, refund) == ["25.500"]
    with pytest.raises(RefundUnderWay):
        refunds.refund_by_gateway(refund, actor=layla, at=now())
    assert given_back(outside, refund) == ["25.500"]


def test_a_refund_whose_answer_is_lost_is_not_sent_again(
    refund: Refund, layla: Actor, outside: Running, break_down: Break
) -> None:
    break_down("national.inquiry", "cut")
    with pytest.raises(GatewayUnsure):
        refunds.refund_by_gateway(refund, actor=layla, at=now())
    break_down("national.inquiry", None)
    with pytest.raises(RefundUnderWay):
        refunds.refund_by_gateway(refund, actor=layla, at=now())

    assert given_back(outside, refund) == ["25.500"]
    assert RefundPayment.objects.get().state == RefundPayment.State.SENT


def test_a_refund_that_was_never_sent_can_be_sent(
    refund: Refund, layla: Actor, outside: Running, settings: object
) -> None:
    national = settings.PAYMENT_GATEWAYS["national"]  # type: ignore[attr-defined]
    there, national["url"] = national["url"], "http://127.0.0.1:9"
    with pytest.raises(GatewayUnreachable):
        refunds.refund_by_gateway(refund, actor=layla, at=now())
    national["url"] = there
    refunds.refund_by_gateway(refund, actor=layla, at=now())
    assert given_back(outside, refund) == ["25.500"]


def test_sadad_gives_nothing_back_but_a_bank_does(charge: Charge, begin: Begin, layla: Actor) -> None:
    pay(begin(charge, "sadad"), "pay")
    charge.application.stage = "withdrawn"
    charge.application.save()
    settle_open(charge.application, at=now())
    refund = Refund.objects.get()

    with pytest.raises(GatewayRefused):
        refunds.refund_by_gateway(refund, actor=layla, at=now())
    assert RefundPayment.objects.get().state == RefundPayment.State.REFUSED


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
