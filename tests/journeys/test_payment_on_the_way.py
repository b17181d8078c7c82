"""Paying on the way: late, by a second quote, after a withdrawal, and found by the sweeps."""

from datetime import UTC, datetime, timedelta

import pytest

from rukhsa import sweeps
from rukhsa.applications.stages import Stage
from rukhsa.issuance import cycle
from rukhsa.issuance.models import Instrument
from rukhsa.payments.attempt import OutcomeUnknown
from rukhsa.payments.charge import QuoteExpired
from rukhsa.payments.models import Attempt, Receipt, Refund
from rukhsa.payments.outcome import settle_overdue
from tests import town as people
from tests.journeys import facts
from tests.town import Town


@pytest.mark.django_db
def test_a_bill_paid_at_a_kiosk_tomorrow_is_found_by_the_sweep(town: Town) -> None:
    application = town.grant(town.apply("proof-of-residence"))
    yesterday = datetime.now(UTC) - timedelta(days=1)
    address = town.begin_payment(application)
    Attempt.objects.update(started_at=yesterday, asked_at=yesterday)
    sweeps.sweep_payments(timestamp=0)
    assert not Instrument.objects.exists()
    Attempt.objects.update(asked_at=yesterday)
    people.pay_at_kiosk(address)
    sweeps.sweep_payments(timestamp=0)
    assert "journey.advance" in facts.work()
    assert facts.verdict_on(people.instrument_of(application), at=datetime.now(UTC)).word == "valid"


def test_money_that_comes_after_withdrawing_is_owed_back(town: Town) -> None:
    application = town.apply("proof-of-residence", tenure="owner", lease_number=None)
    granted = town.grant(application)
    address = town.begin_payment(granted)
    # While a payment is under way, what is granted cannot be withdrawn.
    with pytest.raises(OutcomeUnknown):
        town.withdraw(granted)
    Attempt.objects.update(state=Attempt.State.EXPIRED, ended_at=town.at)
    assert town.withdraw(granted).stage == Stage.WITHDRAWN
    people.pay_at_kiosk(address)
    settle_overdue(at=town.later(hours=2))
    refund = Refund.objects.get()
    assert (refund.reason, refund.amount) == (Refund.Reason.APPLICATION_CLOSED, 5_000)
    assert not Receipt.objects.exists()
    assert not Instrument.objects.exists()


def test_an_expired_quote_is_followed_by_a_new_one_that_can_be_paid(town: Town) -> None:
    application = town.grant(town.apply("proof-of-residence"))
    first = people.charge_of(application)
    town.later(days=31)
    with pytest.raises(QuoteExpired):
        town.begin_payment(application)
    town.advance(application)
    second = people.charge_of(application)
    assert (second.number, second.amount) == (2, first.amount)
    assert facts.notices(application).count("payment-due/sms") == 2
    town.pay(application)
    assert Receipt.objects.get().charge == second


def test_the_sweep_finds_an_application_paid_by_its_second_quote(town: Town) -> None:
    application = town.grant(town.apply("proof-of-residence"))
    town.later(days=31)
    town.advance(application)
    address = town.begin_payment(application)
    people.pay_at_kiosk(address)
    settle_overdue(at=town.later(minutes=1))  # settled, and the worker died before anything came of it
    assert application in sweeps.unfinished()


def test_the_sweep_finds_what_was_released_and_not_completed(town: Town) -> None:
    application = town.grant(town.apply("proof-of-residence"))
    people.pay_at_kiosk(town.begin_payment(application))
    settle_overdue(at=town.later(minutes=1))
    cycle.issue(application, at=town.at)  # released, and the worker died before anything came of it
    assert application in sweeps.unfinished()
    town.advance(application)
    assert application not in sweeps.unfinished()
    assert facts.notices(application).count("issued/sms") == 1
