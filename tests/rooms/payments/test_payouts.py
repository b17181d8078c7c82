"""What is owed goes back once, by two people, through its gateway or to an account."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from django.db import IntegrityError, transaction

from rukhsa.accounts.permissions import Permission, Role
from rukhsa.agreement import NotToBeDecided, ProposedByYourself, ReasonMissing, UnderWay
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.payments import deposit
from rukhsa.payments.deposit_account import BadIban
from rukhsa.payments.errors import ReferenceMissing
from rukhsa.payments.gateways.national import NationalGateway
from rukhsa.payments.gateways.port import GatewayRefused, GatewayUnreachable, GatewayUnsure, Inquiry
from rukhsa.payments.ledger import balances
from rukhsa.payments.models import Charge, DepositMovement, Payout, Refund
from rukhsa.payments.outcome import settle_open
from rukhsa.payments.payout import (
    ChannelNotOffered,
    approve_payout,
    confirm_payout,
    gateway_of,
    propose_payout,
    refunds_to_send,
    refuse_payout,
    releases_to_send,
)
from rukhsa.values.money import Money
from rukhsa_rehearsal.sandbox.serve import Running
from tests.rooms.payments.conftest import Begin, Break, staff
from tests.rooms.payments.test_paying import pay
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
IBAN = "BH67BMAG00001299123456"
State = Payout.State


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def refund(charge: Charge, begin: Begin) -> Refund:
    """The whole of a payment for an application that was withdrawn in the meantime."""
    return withdrawn_after_paying(charge, begin(charge), "CAPTURED")


def withdrawn_after_paying(charge: Charge, address: str, outcome: str) -> Refund:
    pay(address, outcome)
    charge.application.stage = "withdrawn"
    charge.application.save()
    settle_open(charge.application, at=now())
    return Refund.objects.get()


def given_back(outside: Running, refund: Refund) -> list[str]:
    """What the gateway's own books say it gave back."""
    ledger = httpx.get(f"{outside.address}/national/ledger.json").json()
    return [
        one["amt"]
        for line in ledger
        if line["trackId"] == refund.attempt.reference
        for one in line["refunds"]
    ]


def standing() -> dict[str, int]:
    return {one.account.value: one.money.minor for one in balances() if one.money.minor}


def test_a_refund_goes_back_through_its_gateway_once(
    refund: Refund, huda: Actor, mariam: Actor, outside: Running
) -> None:
    payout = propose_payout(refund, "national", actor=huda, at=now())
    assert (given_back(outside, refund), list(refunds_to_send(huda, Permission.PROPOSE_PAYOUT))) == (
        [],
        [],
    )
    assert approve_payout(payout, actor=mariam, at=now()).state == State.DONE
    assert given_back(outside, refund) == ["25.500"]
    assert standing() == {}
    with pytest.raises(NotToBeDecided):
        approve_payout(payout, actor=mariam, at=now())
    with pytest.raises(UnderWay):
        propose_payout(refund, "national", actor=huda, at=now())
    assert given_back(outside, refund) == ["25.500"]


def test_nobody_approves_what_they_asked_for(refund: Refund, huda: Actor, outside: Running) -> None:
    payout = propose_payout(refund, "national", actor=huda, at=now())
    with pytest.raises(ProposedByYourself):
        approve_payout(payout, actor=huda, at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.update(state=State.SENT, decided_by=huda.person)
    assert given_back(outside, refund) == []


def test_an_applicant_and_an_officer_send_nothing(refund: Refund, huda: Actor, layla: Actor) -> None:
    salem = staff("salem", Role.OFFICER)
    payout = propose_payout(refund, "national", actor=huda, at=now())
    for actor in (layla, salem):
        with pytest.raises(NotPermitted):
            propose_payout(refund, "national", actor=actor, at=now())
        with pytest.raises(NotPermitted):
            approve_payout(payout, actor=actor, at=now())


def test_another_authority_sees_none_of_it(refund: Refund, huda: Actor) -> None:
    elsewhere = staff("huda.elsewhere", Role.FINANCE, "MUH")
    assert list(refunds_to_send(huda, Permission.PROPOSE_PAYOUT)) == [refund]
    assert list(refunds_to_send(elsewhere, Permission.PROPOSE_PAYOUT)) == []
    propose_payout(refund, "national", actor=huda, at=now())
    assert not Payout.objects.on_which(elsewhere, Permission.READ_MONEY).exists()


def test_eight_approvals_at_once_send_once(
    refund: Refund, huda: Actor, mariam: Actor, outside: Running
) -> None:
    payout = propose_payout(refund, "national", actor=huda, at=now())

    def approve() -> str:
        try:
            return approve_payout(payout, actor=mariam, at=now()).state
        except NotToBeDecided:
            return "moved on"

    assert sorted(at_once([approve] * 8)) == ["done"] + ["moved on"] * 7
    assert given_back(outside, refund) == ["25.500"]


@pytest.mark.parametrize("answer", ["cut", "unclear"])
def test_a_refund_whose_answer_is_lost_or_is_no_yes_is_not_sent_again(
    refund: Refund, huda: Actor, mariam: Actor, outside: Running, break_down: Break, answer: str
) -> None:
    payout = propose_payout(refund, "national", actor=huda, at=now())
    break_down("national.inquiry", answer)
    with pytest.raises(GatewayUnsure):
        approve_payout(payout, actor=mariam, at=now())
    break_down("national.inquiry", None)
    for again in (approve_payout, refuse_payout):
        with pytest.raises((NotToBeDecided, TypeError)):
            again(payout, actor=mariam, at=now())  # type: ignore[operator]
    assert given_back(outside, refund) == ["25.500"]
    assert confirm_payout(payout, "000123", actor=huda, at=now()).state == State.DONE
    assert standing() == {}


def test_what_a_colleague_ended_while_the_gateway_is_asked_stays_ended(
    refund: Refund, huda: Actor, mariam: Actor, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    payout = propose_payout(refund, "national", actor=huda, at=now())
    ask = NationalGateway.refund

    def meanwhile(gateway: NationalGateway, inquiry: Inquiry, money: Money) -> str:
        confirm_payout(payout, "000123", actor=huda, at=now())
        return ask(gateway, inquiry, money)

    monkeypatch.setattr(NationalGateway, "refund", meanwhile)
    settings.PAYMENT_GATEWAYS["national"]["url"] = "http://127.0.0.1:9"
    with pytest.raises(GatewayUnreachable):
        approve_payout(payout, actor=mariam, at=now())
    payout.refresh_from_db()
    assert (payout.state, payout.reference) == (State.DONE, "000123")


def test_a_refund_that_was_never_sent_can_be_sent(
    refund: Refund, huda: Actor, mariam: Actor, outside: Running, settings: Any
) -> None:
    payout = propose_payout(refund, "national", actor=huda, at=now())
    national = settings.PAYMENT_GATEWAYS["national"]
    there, national["url"] = national["url"], "http://127.0.0.1:9"
    with pytest.raises(GatewayUnreachable):
        approve_payout(payout, actor=mariam, at=now())
    national["url"] = there
    approve_payout(payout, actor=mariam, at=now())
    assert given_back(outside, refund) == ["25.500"]


def test_what_the_gateway_refuses_can_go_to_an_account(
    refund: Refund, huda: Actor, mariam: Actor, settings: Any
) -> None:
    payout = propose_payout(refund, "national", actor=huda, at=now())
    settings.PAYMENT_GATEWAYS["national"]["password"] = "wrong"
    with pytest.raises(GatewayRefused):
        approve_payout(payout, actor=mariam, at=now())
    assert Payout.objects.get().state == State.REFUSED
    second = propose_payout(refund, Payout.TRANSFER, iban=IBAN, actor=huda, at=now())
    approve_payout(second, actor=mariam, at=now())
    with pytest.raises(ReferenceMissing):
        confirm_payout(second, " ", actor=huda, at=now())
    confirm_payout(second, "B-77", actor=huda, at=now())
    # The gateway still owes us what the bank has given back.
    assert standing() == {"clearing": 25_500, "bank": -25_500}


def test_what_comes_too_late_for_the_gateway_goes_to_an_account(refund: Refund, huda: Actor) -> None:
    late = now() + timedelta(days=14)
    assert gateway_of(refund, at=now()) == "national"
    assert gateway_of(refund, at=late) == ""
    with pytest.raises(ChannelNotOffered):
        propose_payout(refund, "national", actor=huda, at=late)
    with pytest.raises(BadIban):
        propose_payout(refund, Payout.TRANSFER, iban="BH67BMAG00001299123457", actor=huda, at=late)
    propose_payout(refund, Payout.TRANSFER, iban="bh67 bmag 0000 1299 1234 56", actor=huda, at=late)
    assert Payout.objects.get().iban == IBAN


def test_sadad_gives_nothing_back_but_a_bank_does(charge: Charge, begin: Begin, huda: Actor) -> None:
    refund = withdrawn_after_paying(charge, begin(charge, "sadad"), "pay")
    assert gateway_of(refund, at=now()) == ""
    with pytest.raises(ChannelNotOffered):
        propose_payout(refund, "sadad", actor=huda, at=now())


def test_what_is_refused_has_a_reason_and_can_be_asked_for_anew(
    refund: Refund, huda: Actor, mariam: Actor
) -> None:
    payout = propose_payout(refund, "national", actor=huda, at=now())
    with pytest.raises(ReasonMissing):
        refuse_payout(payout, " ", actor=mariam, at=now())
    refuse_payout(payout, "The applicant asks for the account.", actor=mariam, at=now())
    assert list(refunds_to_send(huda, Permission.PROPOSE_PAYOUT)) == [refund]
    taken_back = propose_payout(refund, Payout.TRANSFER, iban=IBAN, actor=huda, at=now())
    refuse_payout(taken_back, "Mistyped.", actor=huda, at=now())
    assert list(refunds_to_send(huda, Permission.PROPOSE_PAYOUT)) == [refund]


def test_a_released_deposit_goes_to_its_account(
    charge_with_deposit: Charge, begin: Begin, huda: Actor, mariam: Actor
) -> None:
    pay(begin(charge_with_deposit))
    settle_open(charge_with_deposit.application, at=now())
    line = charge_with_deposit.lines.get(kind="deposit")
    assert list(releases_to_send(huda, Permission.PROPOSE_PAYOUT)) == []
    release = deposit.release(line, iban=IBAN, actor=None, at=now())
    assert list(releases_to_send(huda, Permission.PROPOSE_PAYOUT)) == [
        DepositMovement.objects.get(kind="released")
    ]
    payout = propose_payout(release, Payout.TRANSFER, iban=release.iban, actor=huda, at=now())
    assert str(payout.money) == "204.000"
    confirm_payout(approve_payout(payout, actor=mariam, at=now()), "B-1", actor=huda, at=now())
    assert standing() == {"clearing": 209_000, "bank": -204_000, "fees": -5_000}
    assert list(releases_to_send(huda, Permission.PROPOSE_PAYOUT)) == []
