"""One payment for several charges: each keeps its own receipt, the shares add up, and all end alike."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.payments.attempt import OutcomeUnknown
from rukhsa.payments.charge import AlreadySettled
from rukhsa.payments.collection import Addresses, NotTogether, collect
from rukhsa.payments.gateways.port import Fate
from rukhsa.payments.ledger import trial_balance
from rukhsa.payments.models import Attempt, Charge, Payout, Receipt, Refund
from rukhsa.payments.outcome import record, settle, settle_open, settle_overdue, shares_of
from rukhsa.payments.payout import ChannelNotOffered, approve_payout, gateway_of, propose_payout
from rukhsa.payments.resolution import approve_resolution, propose_resolution
from rukhsa.payments.tariff import assess
from rukhsa.project.fsck.money_rules import MONEY
from rukhsa.values.money import Money
from tests.queued import Queued
from tests.rooms.payments.conftest import Apply
from tests.rooms.payments.definition import deposit_rule, fee
from tests.rooms.payments.test_outcome import report
from tests.rooms.payments.test_paying import pay
from tests.together import at_once

pytestmark = pytest.mark.django_db
State = Attempt.State
type Together = Callable[..., str]


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def three(apply_for: Apply) -> list[Charge]:
    """Charges of 5.500, 7.000 and 52.250 dinars, the last with a deposit, of three applications of Layla's."""
    rules = [
        [fee({"amount": "5.500"})],
        [fee({"amount": "7.000"})],
        [fee({"amount": "2.250"}), deposit_rule({"amount": "50.000"})],
    ]
    found = [assess(apply_for(each), Charge.Due.AFTER_DECISION, at=now()) for each in rules]
    return [charge for charge in found if charge]


@pytest.fixture
def begin_all(layla: Actor, addresses: Addresses) -> Together:
    """Begin to pay several charges by one payment; the address of the gateway's page."""

    def begin(charges: list[Charge], gateway: str = "national") -> str:
        return collect(charges[0], gateway, actor=layla, addresses=addresses, at=now(), along=charges[1:])

    return begin


def lead_of(charges: list[Charge]) -> Attempt:
    return Attempt.objects.at_gateways().get(charge__in=charges)


def broken_rules() -> list[str]:
    """What fsck finds by the rules of money that mean a fault."""
    with connection.cursor() as cursor:
        found = []
        for rule in MONEY:
            cursor.execute(rule.query, {"now": now(), "grace": "1 hour"})
            if not rule.is_waiting:
                found += [f"{rule.code}: {row}" for row in cursor.fetchall()]
    return found


@pytest.mark.django_db(transaction=True)
def test_one_payment_gives_each_charge_its_receipt(three: list[Charge], begin_all: Together) -> None:
    address = begin_all(three)
    assert begin_all(three) == address, "a second click leads to the same page"
    lead = lead_of(three)
    assert lead.asked == Money(minor=64_750, currency="BHD")
    pay(address)

    queued = Queued()
    settle(Attempt.objects.get(charge=three[2]), at=now())

    receipts = Receipt.objects.filter(charge__in=three)
    assert sorted(receipts.values_list("amount", flat=True)) == [5_500, 7_000, 52_250]
    assert set(queued.applications) == {one.application_id for one in three}
    settle(lead, at=now())
    assert (receipts.count(), trial_balance(), broken_rules()) == (3, {"BHD": 0}, [])


@pytest.mark.django_db(transaction=True)
def test_the_journey_of_any_of_them_settles_all(three: list[Charge], begin_all: Together) -> None:
    pay(begin_all(three))
    queued = Queued()
    settle_open(three[1].application, at=now())
    assert all(charge.is_settled for charge in three)
    assert set(queued.applications) == {one.application_id for one in three}


@pytest.mark.django_db(transaction=True)
def test_a_charge_whose_application_was_closed_is_owed_back_alone(
    three: list[Charge], begin_all: Together, huda: Actor, mariam: Actor
) -> None:
    pay(begin_all(three))
    Application.objects.filter(pk=three[1].application_id).update(stage=Stage.WITHDRAWN)
    settle(lead_of(three), at=now())

    assert [charge.is_settled for charge in three] == [True, False, True]
    refund = Refund.objects.get()
    assert (refund.attempt.charge, refund.amount, refund.reason) == (three[1], 7_000, "application-closed")
    payout = propose_payout(refund, "national", actor=huda, at=now())
    assert payout.money == three[1].money


@pytest.mark.django_db(transaction=True)
def test_one_charge_of_it_goes_back_through_the_gateway_and_the_next_by_the_bank(
    three: list[Charge], begin_all: Together, huda: Actor, mariam: Actor
) -> None:
    pay(begin_all(three))
    closed = [three[1].application_id, three[2].application_id]
    Application.objects.filter(pk__in=closed).update(stage=Stage.WITHDRAWN)
    settle(lead_of(three), at=now())
    first, second = Refund.objects.order_by("amount")

    sent = approve_payout(propose_payout(first, "national", actor=huda, at=now()), actor=mariam, at=now())

    assert sent.state == Payout.State.DONE
    assert gateway_of(second, at=now()) == ""
    with pytest.raises(ChannelNotOffered):
        propose_payout(second, "national", actor=huda, at=now())
    assert (trial_balance(), broken_rules()) == ({"BHD": 0}, [])


def test_a_payment_in_doubt_blocks_each_of_its_charges_until_two_people_end_it(
    three: list[Charge], begin_all: Together, huda: Actor, mariam: Actor
) -> None:
    begin_all(three)
    lead = lead_of(three)
    record(lead.pk, report(lead, merchant="10009999", money=lead.asked), at=now())

    for charge in three:
        with pytest.raises(OutcomeUnknown):
            begin_all([charge])
    carried = Attempt.objects.get(charge=three[1])
    assert carried.state == State.NEEDS_REVIEW
    said = propose_resolution(carried, "captured", "26-11/7", actor=huda, at=now())
    approve_resolution(said, actor=mariam, at=now())
    assert all(charge.is_settled for charge in three)
    assert broken_rules() == []


def test_too_little_is_owed_back_in_shares_and_pays_for_none(
    three: list[Charge], begin_all: Together
) -> None:
    begin_all(three)
    lead = lead_of(three)
    record(lead.pk, report(lead, money=Money(minor=64_749, currency="BHD")), at=now())
    assert not Receipt.objects.exists()
    assert sum(Refund.objects.values_list("amount", flat=True)) == 64_749
    assert Refund.objects.count() == 3
    assert broken_rules() == []


def test_too_much_pays_for_all_and_the_rest_is_owed_once(three: list[Charge], begin_all: Together) -> None:
    begin_all(three)
    lead = lead_of(three)
    record(lead.pk, report(lead, money=Money(minor=65_000, currency="BHD")), at=now())
    assert Receipt.objects.count() == 3
    assert (Refund.objects.get().amount, Refund.objects.get().attempt) == (250, lead)
    assert broken_rules() == []


def test_of_one_fils_the_others_have_failed_and_no_one_is_in_doubt(
    three: list[Charge], begin_all: Together
) -> None:
    begin_all(three)
    lead = lead_of(three)
    record(lead.pk, report(lead, money=Money(minor=1, currency="BHD")), at=now())
    assert not Attempt.objects.in_doubt().exists()
    assert Refund.objects.get().amount == 1
    assert broken_rules() == []


@given(taken=st.integers(0, 200_000), amounts=st.lists(st.integers(1, 60_000), min_size=2, max_size=40))
def test_shares_always_add_up_to_what_was_taken(taken: int, amounts: list[int]) -> None:
    lead, *carried = (Attempt(amount=each, currency="BHD") for each in amounts)
    lead.together = sum(amounts)
    shares = [each.minor for each in shares_of(Money(minor=taken, currency="BHD"), lead, carried) if each]
    assert sum(shares) == taken
    assert min(shares) >= 0
    if taken == sum(amounts):
        assert shares == amounts


def test_paying_one_of_them_alone_gives_up_the_joint_payment_and_late_money_is_owed_back(
    three: list[Charge], begin_all: Together
) -> None:
    begin_all(three)
    lead = lead_of(three)
    begin_all([three[1]])
    assert set(Attempt.objects.of_payment(lead).values_list("state", flat=True)) == {State.CANCELLED}
    alone = Attempt.objects.open().get()
    record(alone.pk, report(alone), at=now())

    record(lead.pk, report(lead, money=lead.asked), at=now())

    assert [charge.is_settled for charge in three] == [False, True, False]
    assert sorted(Refund.objects.values_list("reason", "amount")) == [
        ("paid-after-giving-up", 5_500),
        ("paid-after-giving-up", 52_250),
        ("paid-twice", 7_000),
    ]
    assert broken_rules() == []


@pytest.mark.django_db(transaction=True)
def test_a_failed_joint_payment_leaves_each_charge_to_be_paid(
    three: list[Charge], begin_all: Together
) -> None:
    pay(begin_all(three), "CANCELED")
    settle_overdue(at=now() + timedelta(days=365))
    assert not Attempt.objects.open().exists()
    assert begin_all(three[:2])


def test_one_payment_is_of_one_applicant_and_one_authority(
    three: list[Charge], begin_all: Together, layla: Actor
) -> None:
    elsewhere = Authority.objects.create(code="MUH", ordinal=2)
    Application.objects.filter(pk=three[1].application_id).update(authority=elsewhere)
    fresh = list(Charge.objects.filter(pk__in=[one.pk for one in three]))
    with pytest.raises(NotTogether):
        begin_all(fresh)
    with pytest.raises(NotTogether):
        begin_all([three[0], three[0]])
    assert not Attempt.objects.exists()


def test_a_charge_that_is_paid_stops_the_joint_payment_before_it_begins(
    three: list[Charge], begin_all: Together
) -> None:
    begin_all([three[1]])
    alone = Attempt.objects.get()
    record(alone.pk, report(alone), at=now())
    with pytest.raises(AlreadySettled):
        begin_all(three)
    assert Attempt.objects.count() == 1


def test_the_database_refuses_a_carried_attempt_that_faces_a_gateway(
    three: list[Charge], begin_all: Together
) -> None:
    begin_all(three)
    for change in ({"gateway_reference": "1"}, {"together": 9_999_999}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Attempt.objects.exclude(carried_by=None).update(**change)


@pytest.mark.django_db(transaction=True)
def test_two_workers_settle_a_joint_payment_once(three: list[Charge], begin_all: Together) -> None:
    begin_all(three)
    lead = lead_of(three)
    said = report(lead, money=lead.asked, fate=Fate.CAPTURED)
    at_once([partial(record, lead.pk, said, at=now())] * 4)
    assert (Receipt.objects.count(), Refund.objects.count(), broken_rules()) == (3, 0, [])
