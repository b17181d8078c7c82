"""Paying at the gateways, when it goes well and when it goes wrong."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from rukhsa.payments import deposit
from rukhsa.payments.attempt import OutcomeUnknown
from rukhsa.payments.charge import AlreadySettled
from rukhsa.payments.gateway_notice import receive_notification, receive_return
from rukhsa.payments.gateways.port import GatewayUnreachable, GatewayUnsure, UnprovenNotice
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.models import Attempt, Charge, GatewayNotice, NoticeCount, Receipt, Refund
from rukhsa.payments.outcome import settle, settle_open, settle_overdue
from rukhsa_rehearsal.sandbox.serve import Running
from tests.outside import awaiting_briefly
from tests.queued import Queued
from tests.rooms.payments.conftest import Begin, Break
from tests.rooms.payments.merchant import Merchant
from tests.together import at_once
from tests.waiting import LONGEST, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
# For tests in which no other connection looks: they are rolled back and not deleted, which is quicker.
seen_from_inside = pytest.mark.django_db
State = Attempt.State


def now() -> datetime:
    return datetime.now(UTC)


def later(**time: float) -> datetime:
    return now() + timedelta(**time)


def pay(address: str, outcome: str = "CAPTURED", **form: Any) -> httpx.Response:
    return httpx.post(address, data={"outcome": outcome, **form}, timeout=LONGEST)


def the_attempt(charge: Charge) -> Attempt:
    return charge.attempts.get()


def settled(charge: Charge) -> Attempt:
    settle_open(charge.application, at=now())
    return charge.attempts.latest("started_at")


def test_a_payment_at_the_national_gateway_is_settled_once(
    charge: Charge, begin: Begin, merchant: Merchant
) -> None:
    answer = pay(begin(charge))

    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{merchant.address}/back?")
    assert merchant.queued.applications == [charge.application_id]
    assert the_attempt(charge).state == State.REDIRECTED, "a notification alone settles nothing"
    assert settled(charge).state == State.CAPTURED
    receipt = Receipt.objects.get(charge=charge)
    assert (receipt.amount, receipt.currency) == (25_500, "BHD")
    settle_open(charge.application, at=now())
    settle(the_attempt(charge), at=now())
    assert Receipt.objects.count() == 1


@seen_from_inside
def test_a_sadad_bill_paid_minutes_later_at_a_kiosk_is_found_by_the_sweep(
    charge: Charge, begin: Begin, outside: Running
) -> None:
    address = begin(charge, "sadad")
    reference = the_attempt(charge).gateway_reference
    assert pay(address, "later").status_code == 200
    assert settle_overdue(at=later(minutes=16)) == 0
    httpx.post(f"{outside.address}/sadad/kiosk/{reference}/pay").raise_for_status()

    queued = Queued()
    assert settle_overdue(at=later(hours=2)) == 1
    assert queued.applications == [charge.application_id]
    assert charge.is_settled


@seen_from_inside
def test_sadad_paid_now_is_settled_by_inquiry_and_not_by_the_return(charge: Charge, begin: Begin) -> None:
    answer = pay(begin(charge, "sadad"), "pay")

    params = dict(httpx.URL(answer.headers["location"]).params)
    assert params["ResultMessage"] == "CAPTURED"
    attempt = receive_return(gateway("sadad"), params, now())
    assert attempt == the_attempt(charge)
    assert not charge.is_settled
    assert settled(charge).state == State.CAPTURED


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("NOT CAPTURED", State.FAILED),
        ("CANCELED", State.CANCELLED),
        ("DENIED BY RISK", State.DENIED),
        ("HOST TIMEOUT", State.FAILED),
    ],
)
def test_a_payment_that_fails_can_be_tried_again(
    charge: Charge, begin: Begin, outcome: str, state: str
) -> None:
    pay(begin(charge), outcome, code="51")
    assert settled(charge).state == state
    assert not charge.is_settled

    pay(begin(charge))
    assert settled(charge).state == State.CAPTURED
    assert charge.is_settled


@seen_from_inside
def test_a_closed_tab_is_gone_back_to(charge: Charge, begin: Begin) -> None:
    address = begin(charge)
    pay(address, "CLOSED")

    assert begin(charge) == address
    assert charge.attempts.count() == 1


def test_a_tab_closed_after_paying_is_found_by_the_sweep(
    charge: Charge, begin: Begin, merchant: Merchant
) -> None:
    pay(begin(charge), fault="lost")

    assert merchant.heard == []
    assert settle_overdue(at=later(minutes=16)) == 1
    assert charge.is_settled


def test_a_payment_at_a_gateway_that_was_taken_away_keeps_no_other_waiting(
    charge: Charge, charge_with_deposit: Charge, begin: Begin
) -> None:
    Attempt.objects.create(
        charge=charge_with_deposit, gateway="gone", reference="T1", amount=charge_with_deposit.amount,
        currency="BHD", state=State.REDIRECTED, started_at=later(minutes=-60),
    )  # fmt: skip
    pay(begin(charge), fault="lost")
    assert settle_overdue(at=later(minutes=16)) == 1
    assert charge.is_settled


def test_a_second_click_finds_what_was_paid_meanwhile(charge: Charge, begin: Begin) -> None:
    pay(begin(charge), fault="lost")

    with pytest.raises(AlreadySettled):
        begin(charge)
    assert charge.attempts.count() == 1


def test_eight_clicks_at_once_make_one_attempt(charge: Charge, begin: Begin) -> None:
    addresses = at_once([lambda: begin(Charge.objects.get(pk=charge.pk))] * 8)

    assert len(addresses) == 8
    assert len(set(addresses)) == 1
    assert charge.attempts.count() == 1


def test_duplicates_are_heard_once(charge: Charge, begin: Begin, merchant: Merchant) -> None:
    pay(begin(charge), fault="duplicate", copies=100)

    assert len(merchant.heard) == 100
    assert GatewayNotice.objects.count() == 1
    assert len(merchant.queued.applications) == 1
    settled(charge)
    assert Receipt.objects.count() == 1


def test_eight_notices_at_once_are_heard_once(charge: Charge, begin: Begin, merchant: Merchant) -> None:
    pay(begin(charge), fault="parallel", copies=8)

    assert len(merchant.heard) == 8
    assert GatewayNotice.objects.count() == 1
    assert len(merchant.queued.applications) == 1


def test_eight_workers_write_one_receipt(charge: Charge, begin: Begin) -> None:
    pay(begin(charge))
    attempt = the_attempt(charge)

    states = at_once([lambda: settle(Attempt.objects.get(pk=attempt.pk), at=now()).state] * 8)

    assert states == [State.CAPTURED] * 8
    assert Receipt.objects.count() == 1


def test_a_failure_heard_after_the_success_changes_nothing(charge: Charge, begin: Begin) -> None:
    pay(begin(charge), fault="out-of-order")
    assert settled(charge).state == State.CAPTURED
    assert charge.is_settled


def test_a_late_notice_is_heard(charge: Charge, begin: Begin, merchant: Merchant) -> None:
    address, began = begin(charge), time.monotonic()
    pay(address, fault="late", seconds=0.5)
    wait_until(lambda: bool(merchant.queued.applications))
    assert time.monotonic() - began > 0.4
    assert settled(charge).state == State.CAPTURED


def test_an_answer_the_gateway_does_not_understand_voids_the_payment(
    charge: Charge, begin: Begin, merchant: Merchant
) -> None:
    merchant.deaf = True
    answer = pay(begin(charge))

    assert "IPAY0400001" in answer.headers["location"]
    assert settled(charge).state == State.VOIDED
    assert not charge.is_settled


@pytest.mark.parametrize("fault", ["other-merchant", "other-reference"])
def test_a_notice_about_something_else_is_kept_apart(
    charge: Charge, begin: Begin, merchant: Merchant, fault: str
) -> None:
    pay(begin(charge), fault=fault)

    assert [one.problem for one in GatewayNotice.objects.all()] in ([], ["unknown-reference"])
    assert GatewayNotice.objects.exists() is not NoticeCount.objects.exists()
    assert merchant.queued.applications == []
    assert the_attempt(charge).state == State.REDIRECTED


@pytest.mark.parametrize(
    ("fault", "problem"), [("other-amount", "underpaid"), ("other-currency", "other-currency")]
)
def test_an_unequal_notice_is_kept_apart(
    charge: Charge, begin: Begin, merchant: Merchant, fault: str, problem: str
) -> None:
    pay(begin(charge), fault=fault)

    assert GatewayNotice.objects.get().problem == problem
    assert merchant.queued.applications == []
    assert the_attempt(charge).state == State.REDIRECTED


def test_a_forged_success_changes_nothing(charge: Charge, begin: Begin) -> None:
    pay(begin(charge), "NOT CAPTURED", fault="forged")

    assert settled(charge).state == State.FAILED
    assert not charge.is_settled


@seen_from_inside
@pytest.mark.parametrize(
    "raw",
    [
        b"", b"trandata=", b"trandata=00", b"trandata=zz", b"\xff\xfe", b"trandata=00&trandata=00", b"a=b",
        b"trandata=" + b"A5" * 160, b'{"trandata": "00"}', b"result=CAPTURED&paymentid=1",
    ],
)  # fmt: skip
def test_forged_notices_change_nothing(charge: Charge, begin: Begin, raw: bytes) -> None:
    begin(charge)

    with pytest.raises(UnprovenNotice):
        receive_notification(gateway("national"), raw, {}, now())
    assert the_attempt(charge).state == State.REDIRECTED
    assert not GatewayNotice.objects.exists()
    assert NoticeCount.objects.get().count == 1


@seen_from_inside
def test_a_forged_return_changes_nothing(charge: Charge, begin: Begin) -> None:
    begin(charge)
    number = the_attempt(charge).gateway_reference

    found = receive_return(gateway("national"), {"paymentid": number, "result": "CAPTURED"}, now())
    assert found is not None
    assert found.state == State.REDIRECTED
    assert receive_return(gateway("national"), {"paymentid": "1", "result": "CAPTURED"}, now()) is None
    assert receive_return(gateway("national"), {}, now()) is None
    assert receive_return(gateway("national"), {"paymentid": "\0"}, now()) is None
    assert not charge.is_settled


@seen_from_inside
@pytest.mark.parametrize("mode", ["cut", "truncated", "html", "error", "busy", "redirect", "hang"])
@pytest.mark.parametrize("code", ["national", "sadad"])
def test_an_unknown_outcome_is_not_a_failure(
    charge: Charge, begin: Begin, break_down: Break, settings: Any, code: str, mode: str
) -> None:
    break_down(f"{code}.start", mode)
    with awaiting_briefly(settings, mode), pytest.raises(OutcomeUnknown):
        begin(charge, code)
    assert the_attempt(charge).state == State.INITIATED

    break_down(f"{code}.inquiry", "error")
    with pytest.raises(OutcomeUnknown):
        begin(charge, code)
    assert charge.attempts.count() == 1, "nothing new while the outcome is unknown"

    break_down(f"{code}.inquiry", None)
    break_down(f"{code}.start", None)
    assert begin(charge, code, at=later(minutes=2)).startswith("http")
    assert charge.attempts.open().count() == 1


@seen_from_inside
def test_a_gateway_that_is_not_there_fails_at_once(charge: Charge, begin: Begin, settings: Any) -> None:
    settings.PAYMENT_GATEWAYS["national"]["url"] = "http://127.0.0.1:9"
    with pytest.raises(GatewayUnreachable):
        begin(charge)
    assert the_attempt(charge).state == State.FAILED


def test_an_inquiry_without_an_answer_leaves_all_as_it_was(
    charge: Charge, begin: Begin, break_down: Break
) -> None:
    pay(begin(charge))
    break_down("national.inquiry", "html")

    with pytest.raises(GatewayUnsure):
        settle(the_attempt(charge), at=now())
    assert settled(charge).state == State.REDIRECTED
    break_down("national.inquiry", None)
    assert settled(charge).state == State.CAPTURED


def test_the_guide_s_form_of_an_answer_is_read(charge: Charge, begin: Begin, break_down: Break) -> None:
    break_down("national.start", "guide-form")
    pay(begin(charge))
    assert settled(charge).state == State.CAPTURED


def test_a_terminal_that_may_not_ask_leaves_success_to_a_person(
    charge: Charge, begin: Begin, settings: Any
) -> None:
    settings.PAYMENT_GATEWAYS["national"]["inquiry"] = False
    pay(begin(charge))

    assert settled(charge).state == State.NEEDS_REVIEW
    assert not charge.is_settled


def test_money_that_comes_after_giving_up_is_owed_back(
    charge: Charge, begin: Begin, outside: Running
) -> None:
    bill = begin(charge, "sadad")
    pay(begin(charge, "national"))
    assert charge.attempts.get(gateway="sadad").state == State.CANCELLED
    settle_open(charge.application, at=now())
    assert charge.is_settled

    pay(bill, "pay")
    assert settle_overdue(at=later(hours=2)) == 1
    late = charge.attempts.get(gateway="sadad")
    assert late.state == State.CAPTURED
    assert (late.refund.amount, late.refund.reason) == (25_500, Refund.Reason.PAID_TWICE)
    assert Receipt.objects.count() == 1


@seen_from_inside
def test_a_bill_that_expired_and_is_paid_late_is_honoured(
    charge: Charge, begin: Begin, outside: Running
) -> None:
    begin(charge, "sadad")
    reference = the_attempt(charge).gateway_reference
    httpx.post(f"{outside.address}/sadad/expire/{reference}").raise_for_status()
    assert settled(charge).state == State.EXPIRED

    httpx.post(f"{outside.address}/sadad/kiosk/{reference}/pay", data={"late": "yes"}).raise_for_status()
    assert settle_overdue(at=later(hours=2)) == 1
    assert charge.is_settled
    assert not Refund.objects.exists()


def test_money_for_a_withdrawn_application_is_owed_back(charge: Charge, begin: Begin) -> None:
    pay(begin(charge))
    charge.application.stage = "withdrawn"
    charge.application.save()

    assert settled(charge).state == State.CAPTURED
    assert not charge.is_settled
    assert Refund.objects.get().reason == Refund.Reason.APPLICATION_CLOSED


def test_a_paid_deposit_is_held_and_released_once(charge_with_deposit: Charge, begin: Begin) -> None:
    pay(begin(charge_with_deposit))
    settled(charge_with_deposit)

    line = charge_with_deposit.lines.get(kind="deposit")
    assert str(deposit.held(line)) == "204.000"
    assert Receipt.objects.get().amount == 209_000
