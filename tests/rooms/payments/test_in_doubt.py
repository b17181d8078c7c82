"""Payments that go an unusual way are shown, end by rule or by two people, and are not charged again meanwhile."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from rukhsa.accounts.permissions import Role
from rukhsa.agreement import NotToBeDecided, ProposedByYourself, ReasonMissing, UnderWay
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.payments.anomaly import End, Rule, anomalies
from rukhsa.payments.attempt import OutcomeUnknown
from rukhsa.payments.charge_search import Criteria, matching, search
from rukhsa.payments.errors import ReferenceMissing
from rukhsa.payments.models import Attempt, Charge, Receipt, Refund, Resolution
from rukhsa.payments.outcome import settle_open
from rukhsa.payments.resolution import approve_resolution, propose_resolution, refuse_resolution
from rukhsa.payments.waiver import approve_waiver, propose_waiver, refuse_waiver
from rukhsa.values.money import Money
from rukhsa_rehearsal.sandbox.serve import Running
from tests.rooms.payments.conftest import Begin, staff
from tests.rooms.payments.merchant import Merchant
from tests.rooms.payments.test_paying import pay

pytestmark = pytest.mark.django_db(transaction=True)
State = Attempt.State


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def doubtful(charge: Charge, begin: Begin, outside: Running, merchant: Merchant, settings: Any) -> Attempt:
    """A payment that a notice calls captured, at a terminal that may not ask."""
    settings.PAYMENT_GATEWAYS["national"]["inquiry"] = False
    pay(begin(charge))
    settle_open(charge.application, at=now())
    found = charge.attempts.get()
    assert found.state == State.NEEDS_REVIEW
    return found


def test_what_is_in_doubt_is_not_charged_again_and_two_people_end_it(
    charge: Charge, doubtful: Attempt, begin: Begin, huda: Actor, mariam: Actor
) -> None:
    for gateway in ("national", "sadad"):
        with pytest.raises(OutcomeUnknown):
            begin(charge, gateway)
    assert [one.end for one in anomalies(huda, at=now())[Rule.NEEDS_REVIEW]] == [End.WAITS]
    with pytest.raises(ReferenceMissing):
        propose_resolution(doubtful, "captured", " ", actor=huda, at=now())
    with pytest.raises(NotPermitted):
        propose_resolution(doubtful, "captured", "26-11/7", actor=staff("salem", Role.OFFICER), at=now())
    said = propose_resolution(doubtful, "captured", "26-11/7", actor=huda, at=now())
    with pytest.raises(UnderWay):
        propose_resolution(doubtful, "failed", "26-11", actor=huda, at=now())
    with pytest.raises(ProposedByYourself):
        approve_resolution(said, actor=huda, at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Resolution.objects.update(state="approved", decided_by=huda.person)
    assert not charge.is_settled
    assert approve_resolution(said, actor=mariam, at=now()).state == State.CAPTURED
    assert charge.is_settled
    with pytest.raises(NotToBeDecided):
        approve_resolution(said, actor=mariam, at=now())
    with pytest.raises(NotToBeDecided):
        propose_resolution(doubtful, "failed", "26-11/7", actor=huda, at=now())


def test_what_the_statement_does_not_have_was_not_paid_and_can_be_paid(
    charge: Charge, doubtful: Attempt, begin: Begin, huda: Actor, mariam: Actor
) -> None:
    waiver = propose_waiver(
        charge, "works-fee", Money.parse("1.000", "BHD"), "أسرة محتاجة", actor=huda, at=now()
    )
    with pytest.raises(OutcomeUnknown):  # it may have been paid
        approve_waiver(waiver, actor=mariam, at=now())
    refuse_waiver(waiver, "Later.", actor=mariam, at=now())
    misread = propose_resolution(doubtful, "captured", "26-11/7", actor=huda, at=now())
    with pytest.raises(ReasonMissing):
        refuse_resolution(misread, " ", actor=mariam, at=now())
    refuse_resolution(misread, "That line is of another day.", actor=mariam, at=now())
    said = propose_resolution(doubtful, "failed", "26-11, no line", actor=huda, at=now())
    assert approve_resolution(said, actor=mariam, at=now()).state == State.FAILED
    assert begin(charge, "sadad")


def test_each_rule_finds_its_own_and_says_its_end(
    charge: Charge, begin: Begin, huda: Actor, outside: Running
) -> None:
    pay(begin(charge), fault="lost")
    settle_open(charge.application, at=now())
    attempt = charge.attempts.get()
    found = anomalies(huda, at=now())
    assert [one.end for one in found[Rule.NO_NOTICE]] == [End.COUNTED]
    assert not found[Rule.PAID_LATE]
    late = anomalies(huda, at=now() + timedelta(days=8))
    assert not any(late.values())
    Attempt.objects.filter(pk=attempt.pk).update(started_at=now() - timedelta(days=1))
    assert [one.attempt for one in anomalies(huda, at=now())[Rule.PAID_LATE]] == [attempt]
    Refund.objects.create(
        attempt=attempt, amount=1, currency="BHD", reason=Refund.Reason.APPLICATION_CLOSED, due_at=now()
    )
    assert [one.attempt for one in anomalies(huda, at=now())[Rule.CLOSED]] == [attempt]
    elsewhere = staff("huda.elsewhere", Role.FINANCE, "MUH")
    assert not any(anomalies(elsewhere, at=now()).values())


def test_a_bill_without_an_end_is_found_after_a_quarter_of_an_hour(
    charge: Charge, begin: Begin, huda: Actor
) -> None:
    begin(charge, "sadad")
    assert not anomalies(huda, at=now())[Rule.WITHOUT_END]
    (found,) = anomalies(huda, at=now() + timedelta(minutes=16))[Rule.WITHOUT_END]
    assert (found.end, found.rule) == (End.OPEN, Rule.WITHOUT_END)


def test_a_payment_by_card_is_found_by_all_that_is_known_of_it(
    charge: Charge, begin: Begin, huda: Actor, outside: Running, settings: Any
) -> None:
    page = begin(charge, "cards")
    pay(page, "CAPTURED")
    settle_open(charge.application, at=now())
    receipt, attempt = Receipt.objects.get(), charge.attempts.get()
    assert attempt.card == "0008"
    known: list[dict[str, Any]] = [
        {"money": charge.money},
        {"card": "0008"},
        {"day": timezone.localdate(receipt.at)},
        *(
            {"reference": each}
            for each in (receipt.number, attempt.reference, str(charge.application.reference))
        ),
        {"money": charge.money, "card": "0008", "reference": receipt.number},
    ]
    elsewhere = staff("huda.elsewhere", Role.FINANCE, "MUH")
    for each in known:
        assert search(Criteria(**each), actor=huda, only=5) == [charge], each
        assert search(Criteria(**each), actor=elsewhere, only=5) == []
    wrong: list[dict[str, Any]] = [
        {"money": Money(minor=1, currency="BHD")},
        {"card": "0009"},
        {"reference": "R"},
        {"day": date(2020, 11, 1)},
        {"money": charge.money, "card": "0009"},
    ]
    for each in wrong:
        assert search(Criteria(**each), actor=huda, only=5) == []


@pytest.mark.parametrize(
    "sought",
    [
        Criteria(money=Money(minor=25_500, currency="BHD")),
        Criteria(card="0008"),
        Criteria(day=date(2026, 11, 26)),
        Criteria(reference="2026-0000001"),
    ],
    ids=["amount", "card", "day", "reference"],
)
def test_no_search_reads_a_whole_table_of_money(charge: Charge, sought: Criteria) -> None:
    """Make the planner prefer an index: with a hundred thousand rows it would by itself, and here there are few."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = matching(sought).order_by("-assessed_at", "pk")[:51].explain()
    assert "Seq Scan" not in plan, plan
