"""A violation from its record to the end: its fine paid, and its fine cancelled where the objection is upheld."""

from typing import Any

import pytest

from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.authorities.actor import Actor, actor_for
from rukhsa.authorities.models import Authority
from rukhsa.issuance.models import Instrument
from rukhsa.payments.attempt import OutcomeUnknown
from rukhsa.payments.models import ChargeLine
from rukhsa.review import decision
from rukhsa.review.check import check
from rukhsa.review.inspection import Inspection
from rukhsa.review.recording import known_of
from rukhsa.violations.contesting import fines_paid
from rukhsa.violations.violation import (
    Seen,
    Violation,
    confirm_violation,
    record_violation,
)
from tests.journeys import facts
from tests.rooms.review import works
from tests.town import LEGAL_BASIS, Town, charge_of, instrument_of
from tests.web.desk.fined import withdraw

HOME = {"building": "1024", "road": "1705", "block": "317"}
SETTLED = {"answer": "settle", "grounds": None}
CONTESTED = {"answer": "contest", "grounds": "المحل مرخص."}
STANDS = {"stands": "yes", "breach": "vending", "fine": "75"}


@pytest.fixture
def violation(town: Town) -> Violation:
    """Works without a licence, recorded by one person and confirmed by another."""
    inspector, supervisor = staff(town, Role.INSPECTOR), staff(town, Role.SUPERVISOR)
    seen = Seen(kind="no-licence", place="طريق 1705", text="حفرة", at=town.at, photos=["0" * 64])
    made = record_violation(seen, authority="CAP", instrument=None, actor=inspector, at=town.at)
    return confirm_violation(made, actor=supervisor, at=town.at)


def staff(town: Town, role: Role) -> Actor:
    """A colleague who does nothing but record or confirm."""
    at = Authority.objects.get(pk="CAP")
    person = works.staff(f"{role.value}@roads.example", "زميل", "Colleague", role, at=at)
    return actor_for(person, at=town.at)


def two(town: Town) -> dict[str, Actor]:
    """An inspector who proposes to withdraw a violation, and a supervisor who approves."""
    return {"by": staff(town, Role.INSPECTOR), "second": staff(town, Role.SUPERVISOR)}


def settling(town: Town, violation: Violation, **answers: Any) -> Application:
    """Layla's application about the violation."""
    answers |= {"noticed-on": violation.seen_at.date().isoformat(), "place": HOME}
    return town.apply("violation-settlement", notice=violation.number, **answers)


def test_the_fine_of_the_violation_is_charged_and_paid_whatever_an_officer_types(
    town: Town, violation: Violation
) -> None:
    application = settling(town, violation, **SETTLED)
    town.visit(Inspection.objects.get(application=application))
    town.advance(application)
    check(application, "notice", STANDS, actor=town.salem, at=town.at)
    granted = town.grant(application)
    assert charge_of(granted).money == violation.money  # 50 dinars, and not the 75 that were typed
    assert not Instrument.objects.filter(intent__application=granted).exists()
    town.pay(granted)
    assert facts.account(granted, "fines") == violation.amount
    assert instrument_of(granted)


def test_an_objection_that_is_upheld_cancels_the_fine(town: Town, violation: Violation) -> None:
    application = settling(town, violation, **CONTESTED)
    check(application, "notice", STANDS | {"stands": "no"}, actor=town.salem, at=town.at)
    letter = instrument_of(town.grant(application))
    line = ChargeLine.objects.get(charge__application=application)
    assert (line.kind, line.amount, line.explanation["waived"]) == ("fine", 0, str(violation.money))
    assert "fine" not in letter.intent.facts


def test_a_refused_objection_comes_before_a_committee_that_opens_it_again(
    town: Town, violation: Violation
) -> None:
    objection = settling(town, violation, **CONTESTED)
    check(objection, "notice", STANDS, actor=town.salem, at=town.at)
    refused = town.refuse(objection, "لا رخصة للموقع.")
    claim = {"decision": refused.reference, "argument": "صدرت الرخصة قبل الزيارة."}
    grievance = town.apply("violation-grievance", **claim)
    assert grievance.definition.decision.committee == "violation-grievances"
    town.grant(grievance)
    objection.refresh_from_db()
    assert objection.stage == Stage.SUBMITTED
    check(objection, "notice", STANDS | {"stands": "no"}, actor=town.salem, at=town.at)
    works.hire(town.yusuf.person, Role.OFFICER, at=objection.authority)
    decision.decide(objection, "granted", "", LEGAL_BASIS, actor=town.yusuf, at=town.at)
    assert instrument_of(town.advance(objection)).intent.facts


def test_a_withdrawn_violation_does_not_stand_and_another_persons_is_not_taken(
    town: Town, violation: Violation
) -> None:
    application = settling(town, violation, **CONTESTED)
    study = next(step for step in application.definition.steps if getattr(step, "check", "") == "notice")
    assert known_of(application, study) == {"fine": str(violation.money)}
    withdraw(violation, "طريق آخر", **two(town), at=town.at)
    assert known_of(application, study) == {"fine": str(violation.money), "stands": "no"}
    application.answers["notice"] = "1234/2019"
    assert known_of(application, study) == {}


def test_a_fine_that_waits_to_be_paid_is_cancelled_with_the_violation(
    town: Town, violation: Violation
) -> None:
    application = settling(town, violation, **CONTESTED)
    check(application, "notice", STANDS, actor=town.salem, at=town.at)
    granted = town.grant(application)
    assert charge_of(granted).money == violation.money
    withdraw(violation, "طريق آخر", **two(town), at=town.at)
    cancelled = charge_of(granted)
    assert (cancelled.amount, cancelled.number, cancelled.is_settled) == (0, 2, True)
    letter = instrument_of(town.advance(granted))
    assert "fine" not in letter.intent.facts
    assert facts.account(granted, "fines") == 0


def test_a_study_that_found_a_violation_to_stand_before_it_was_withdrawn_charges_nothing(
    town: Town, violation: Violation
) -> None:
    application = settling(town, violation, **CONTESTED)
    check(application, "notice", STANDS, actor=town.salem, at=town.at)
    withdraw(violation, "طريق آخر", **two(town), at=town.at)
    granted = town.grant(application)
    assert charge_of(granted).amount == 0
    assert "fine" not in instrument_of(granted).intent.facts


def test_a_fine_that_was_paid_stays_with_its_letter(town: Town, violation: Violation) -> None:
    application = settling(town, violation, **CONTESTED)
    check(application, "notice", STANDS, actor=town.salem, at=town.at)
    granted = town.grant(application)
    town.pay(granted)
    letter = instrument_of(granted)
    withdraw(violation, "طريق آخر", **two(town), at=town.at)
    town.advance(granted)
    assert [fine.money for fine in fines_paid(granted)] == [violation.money]
    assert (instrument_of(granted), facts.account(granted, "fines")) == (letter, violation.amount)


def test_a_withdrawal_waits_for_a_payment_that_is_under_way(town: Town, violation: Violation) -> None:
    application = settling(town, violation, **CONTESTED)
    check(application, "notice", STANDS, actor=town.salem, at=town.at)
    granted = town.grant(application)
    town.begin_payment(granted, "sadad")
    with pytest.raises(OutcomeUnknown):
        withdraw(violation, "طريق آخر", **two(town), at=town.at)
    assert Violation.objects.confirmed().exists()
