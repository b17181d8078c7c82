"""What every gateway must do, tried at its simulator: docs/operating/gateways.md says how a new one joins."""

import inspect
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rukhsa.payments.attempt import differences
from rukhsa.payments.gateways.port import (
    Capabilities,
    Fate,
    Gateway,
    GatewayNotSetUp,
    GatewayRefused,
    GatewayUnreachable,
    GatewayUnsure,
    Order,
    UnreadableNotice,
)
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.gateways.trial import Answer, try_out
from rukhsa.payments.models import Attempt
from rukhsa.values.money import Money
from rukhsa.values.names import Text
from rukhsa_rehearsal.sandbox.serve import Running
from tests.outside import awaiting_briefly
from tests.rooms.payments.conformance.conftest import OWED, Mailbox, inquiry_of
from tests.rooms.payments.conformance.drivers import DRIVERS, Driver
from tests.rooms.payments.conftest import Break
from tests.waiting import LONGEST

UNPAID = (Fate.FAILED, Fate.CANCELLED, Fate.DENIED, Fate.EXPIRED)
UNSURE = ("cut", "cut-before", "truncated", "html", "error", "busy", "redirect", "hang")
SECRETS = {"national": "password", "sadad": "api_key", "cards": "password"}
NOTICE_LIES = ("other-merchant", "other-amount", "other-currency", "other-reference")


def attempt_at(adapter: Gateway, order: Order, gateway_reference: str) -> Attempt:
    """The attempt that we would store."""
    return Attempt(
        gateway=adapter.code,
        reference=order.reference,
        gateway_reference=gateway_reference,
        amount=order.money.minor,
        currency=order.money.currency,
    )


def test_it_says_what_it_is_and_what_it_can(adapter: Gateway, driver: Driver) -> None:
    assert adapter.code == driver.code
    assert isinstance(adapter.name, Text)
    assert isinstance(adapter.capabilities, Capabilities)
    assert (adapter.capabilities.refund_within is not None) == bool(driver.refund)
    assert adapter.merchant
    adapter.check()


def test_a_part_of_the_account_that_is_missing_is_told_by_name(driver: Driver, settings: Any) -> None:
    options = settings.PAYMENT_GATEWAYS[driver.code]
    parts = [name for name, value in options.items() if isinstance(value, str) and name != "adapter"]
    for part in parts:
        kept, options[part] = options[part], ""
        with pytest.raises(GatewayNotSetUp) as refused:
            gateway(driver.code).check()
        assert refused.value.lacks == (part,)
        options[part] = kept
    wanted = inspect.signature(type(gateway(driver.code))).parameters
    assert set(parts) <= set(wanted)


def test_what_is_paid_is_told_equal_in_every_part(adapter: Gateway, driver: Driver, order: Order) -> None:
    opened = adapter.start(order)
    assert opened.address.startswith("http")
    assert opened.gateway_reference
    assert str(order.money) in httpx.get(opened.address, trust_env=False, timeout=LONGEST).text

    driver.choose(opened.address, driver.pay)

    report = adapter.inquire(inquiry_of(order, opened.gateway_reference))
    assert report.fate == Fate.CAPTURED
    attempt = attempt_at(adapter, order, opened.gateway_reference)
    assert differences(attempt, report, merchant=adapter.merchant) == []


def test_a_page_that_was_left_is_open_and_not_failed(adapter: Gateway, driver: Driver, order: Order) -> None:
    opened = adapter.start(order)
    driver.choose(opened.address, driver.leave)
    assert adapter.inquire(inquiry_of(order, opened.gateway_reference)).fate == Fate.OPEN


def test_a_page_that_was_declined_is_unpaid(adapter: Gateway, driver: Driver, order: Order) -> None:
    for number, decline in enumerate(driver.declines):
        each = Order(**{**vars(order), "reference": f"{order.reference}{number}"})
        opened = adapter.start(each)
        driver.choose(opened.address, decline)
        assert adapter.inquire(inquiry_of(each, opened.gateway_reference)).fate in UNPAID, decline


def test_a_payment_that_nobody_opened_is_not_found(adapter: Gateway, order: Order) -> None:
    assert adapter.inquire(inquiry_of(order, "")).fate == Fate.NOT_FOUND


def test_a_page_that_nobody_used_ends_some_day(adapter: Gateway, driver: Driver, order: Order) -> None:
    opened = adapter.start(order)
    # The simulators read the machine's clock: where they end a payment, asking about tomorrow ends nothing.
    report = adapter.inquire(inquiry_of(order, opened.gateway_reference, age=timedelta(days=1)))
    assert report.fate in (Fate.OPEN, *UNPAID)


def test_a_payment_that_was_opened_and_never_answered_is_found_by_our_reference(
    adapter: Gateway, driver: Driver, order: Order, break_down: Break
) -> None:
    break_down(driver.start, "cut", times=1)
    with pytest.raises(GatewayUnsure):
        adapter.start(order)
    assert adapter.inquire(inquiry_of(order, "")).fate in (Fate.OPEN, Fate.NOT_FOUND)


@pytest.mark.parametrize("mode", UNSURE)
def test_an_answer_that_is_none_may_be_about_something_done(
    settings: Any, driver: Driver, order: Order, break_down: Break, mode: str
) -> None:
    break_down(driver.start, mode)
    with awaiting_briefly(settings, mode), pytest.raises(GatewayUnsure):
        gateway(driver.code).start(order)
    break_down(driver.start, None)
    break_down(driver.inquiry, mode)
    with awaiting_briefly(settings, mode), pytest.raises(GatewayUnsure):
        gateway(driver.code).inquire(inquiry_of(order, ""))


def test_a_slow_answer_is_an_answer(
    adapter: Gateway, driver: Driver, order: Order, break_down: Break
) -> None:
    break_down(driver.start, "slow", seconds=0.1)
    assert adapter.start(order).address


def test_a_gateway_that_is_not_there_was_sent_nothing(driver: Driver, order: Order, settings: Any) -> None:
    settings.PAYMENT_GATEWAYS[driver.code]["url"] = "http://127.0.0.1:9"
    absent = gateway(driver.code)
    with pytest.raises(GatewayUnreachable):
        absent.start(order)
    with pytest.raises(GatewayUnreachable):
        absent.inquire(inquiry_of(order, "1"))


def test_credentials_that_are_not_ours_are_refused(driver: Driver, order: Order, settings: Any) -> None:
    settings.PAYMENT_GATEWAYS[driver.code][SECRETS[driver.code]] = "another"
    with pytest.raises(GatewayRefused):
        gateway(driver.code).start(order)


def test_an_order_is_opened_once(adapter: Gateway, driver: Driver, order: Order, outside: Running) -> None:
    opened = adapter.start(order)
    driver.choose(opened.address, driver.pay)
    driver.choose(opened.address, driver.pay)
    assert driver.moved(outside.address, order.reference) == (OWED.minor, 0)


def test_its_notice_claims_what_the_inquiry_proves(
    adapter: Gateway, driver: Driver, order: Order, mailbox: Mailbox
) -> None:
    opened = adapter.start(order)
    driver.choose(opened.address, driver.pay)
    if not driver.notification:
        assert mailbox.letters == []
        return
    (letter,) = mailbox.letters
    report = adapter.read_notification(*letter)
    attempt = attempt_at(adapter, order, opened.gateway_reference)
    assert (report.fate, differences(attempt, report, merchant=adapter.merchant)) == (Fate.CAPTURED, [])
    assert adapter.read_notification(*letter) == report


@pytest.mark.parametrize("lie", NOTICE_LIES)
def test_a_notice_about_another_payment_is_seen_to_be(
    adapter: Gateway, driver: Driver, order: Order, mailbox: Mailbox, lie: str
) -> None:
    opened = adapter.start(order)
    driver.choose(opened.address, driver.pay, fault=lie)
    attempt = attempt_at(adapter, order, opened.gateway_reference)
    for letter in mailbox.letters:
        try:
            report = adapter.read_notification(*letter)
        except UnreadableNotice:
            continue
        assert differences(attempt, report, merchant=adapter.merchant) not in ([], ["overpaid"])
    assert bool(mailbox.letters) == bool(driver.notification)


@given(raw=st.binary(max_size=200))
def test_rubbish_is_unreadable_and_never_paid(raw: bytes) -> None:
    for each in (gateway(driver.code) for driver in DRIVERS):
        for headers in ({}, {"X-Notification-Secret": "sandbox-notification-secret"}):
            with pytest.raises(UnreadableNotice):
                each.read_notification(raw, headers)


def test_a_browser_that_comes_back_names_a_payment_or_none(adapter: Gateway) -> None:
    for params in ({}, {"result": "CAPTURED"}, {"paymentid": ""}, {"resultIndicator": "x" * 5000}):
        assert isinstance(adapter.reference_in_return(params), str)


def test_money_goes_back_as_often_as_it_can_and_no_more(
    adapter: Gateway, driver: Driver, order: Order, outside: Running
) -> None:
    opened = adapter.start(order)
    inquiry = inquiry_of(order, opened.gateway_reference)
    with pytest.raises(GatewayRefused):
        adapter.refund(inquiry, OWED)  # nothing was paid yet
    driver.choose(opened.address, driver.pay)
    if not driver.refund:
        with pytest.raises(GatewayRefused):
            adapter.refund(inquiry, OWED)
        return
    with pytest.raises(GatewayRefused):
        adapter.refund(inquiry, Money(minor=OWED.minor + 1, currency="BHD"))
    assert adapter.refund(inquiry, OWED)
    assert driver.moved(outside.address, order.reference) == (OWED.minor, OWED.minor)


@pytest.mark.parametrize("mode", ["cut", "html", "error", "hang"])
def test_a_refund_without_an_answer_may_have_gone(
    adapter: Gateway, settings: Any, driver: Driver, order: Order, break_down: Break, mode: str
) -> None:
    if not driver.refund:
        return
    opened = adapter.start(order)
    driver.choose(opened.address, driver.pay)
    break_down(driver.refund, mode)
    with awaiting_briefly(settings, mode), pytest.raises(GatewayUnsure):
        gateway(driver.code).refund(inquiry_of(order, opened.gateway_reference), OWED)


def test_asking_about_nothing_tells_whether_it_works(
    driver: Driver, break_down: Break, settings: Any
) -> None:
    options = settings.PAYMENT_GATEWAYS[driver.code]
    assert try_out(gateway(driver.code)).answer == Answer.IN_ORDER
    break_down(driver.inquiry, "html", times=1)
    assert try_out(gateway(driver.code)).answer == Answer.UNSURE
    there, options["url"] = options["url"], "http://127.0.0.1:9"
    assert try_out(gateway(driver.code)).answer == Answer.UNREACHABLE
    options["url"], options[SECRETS[driver.code]] = there, "another"
    assert try_out(gateway(driver.code)).answer == Answer.REFUSED
    options[SECRETS[driver.code]] = ""
    assert try_out(gateway(driver.code)).answer == Answer.NOT_SET_UP


def test_its_statement_of_the_day_counts_and_adds_up(
    adapter: Gateway, driver: Driver, order: Order, outside: Running
) -> None:
    driver.choose(adapter.start(order).address, driver.pay)
    text = httpx.get(f"{outside.address}/{driver.code}/statement.csv", trust_env=False, timeout=LONGEST).text
    *lines, trailer = text.splitlines()
    about = [line for line in lines if order.reference in line]
    assert (len(about), "25.050" in about[0]) == (1, True)
    counted = int(re.split("[,;]", trailer)[1])
    assert counted == len(lines) - (driver.code != "sadad")
    days = {"day": "2020-01-01"}
    empty = httpx.get(
        f"{outside.address}/{driver.code}/statement.csv", params=days, trust_env=False, timeout=LONGEST
    ).text
    assert order.reference not in empty
    assert "0.000" in empty
