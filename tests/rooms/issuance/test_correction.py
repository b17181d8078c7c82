"""A slip in an issued document is put right by two people in a new version, and by no one alone."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from rukhsa.accounts.permissions import Role
from rukhsa.agreement import ProposedByYourself, ReasonMissing, UnderWay
from rukhsa.applications.competence import OutsideMandate
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.issuance import amendment, cycle
from rukhsa.issuance.correction import (
    CorrectionProposal,
    NotCorrectable,
    NothingCorrected,
    WrongAnswers,
    approve_correction,
    carry_out,
    propose_correction,
    refuse_correction,
)
from rukhsa.issuance.instrument import application_of
from rukhsa.issuance.models import Instrument, Status
from rukhsa.issuance.suspension import suspend
from rukhsa.mandates.models import Mandate, MandateEnd
from tests.rooms.issuance.conftest import NOW, Grant
from tests.rooms.issuance.test_status import staff, verdict

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def mariam(town: datetime) -> Actor:
    return staff("mariam", Role.SUPERVISOR)


@pytest.fixture
def salem(town: datetime) -> Actor:
    return staff("salem", Role.OFFICER)


@pytest.fixture
def instrument(granted: Grant, town: datetime) -> Instrument:
    return cycle.issue(granted(), at=town)


def corrected(instrument: Instrument, salem: Actor, mariam: Actor, **answers: object) -> Instrument:
    proposal = propose_correction(instrument, answers, "A slip", actor=salem, at=LATER)
    approve_correction(proposal, actor=mariam, at=LATER)
    made = carry_out(
        application_of(instrument), at=LATER
    )  # all of the document, those of one moment in any order
    return max((each for _proposal, each in made), key=lambda each: each.version)


def test_a_corrected_document_is_superseded_by_its_next_version_of_the_same_days(
    instrument: Instrument, salem: Actor, mariam: Actor
) -> None:
    second = corrected(instrument, salem, mariam, purpose="housing")
    assert (second.number, second.version) == (instrument.number, 2)
    assert second.period == instrument.period
    assert verdict(second, LATER) == "valid"
    assert (verdict(instrument, LATER), instrument.status(LATER)) == ("superseded", Status.SUPERSEDED)
    assert carry_out(application_of(instrument), at=LATER)[-1][1] == second, "once"


def test_a_second_correction_keeps_the_first(instrument: Instrument, salem: Actor, mariam: Actor) -> None:
    second = corrected(instrument, salem, mariam, purpose="housing")
    third = corrected(second, salem, mariam, tenure="tenant")
    said = amendment.amended(third, application_of(third), {**application_of(third).answers}, {}, at=LATER)
    assert third.version == 3
    assert third.intent.facts != said.after.facts, "the purpose of the second version stays"
    assert [each.version for each in Instrument.objects.not_superseded()] == [3]


def test_the_days_of_a_correction_long_after_are_those_of_the_document(
    instrument: Instrument, salem: Actor, mariam: Actor
) -> None:
    days = instrument.period
    at = NOW + timedelta(days=40)
    granted = amendment.amended(
        instrument, application_of(instrument), application_of(instrument).answers, {}, at=at
    )
    assert (granted.after.valid_from, granted.after.valid_until) == (days.start, days.end)


def test_no_one_corrects_alone_or_without_a_reason(
    instrument: Instrument, salem: Actor, mariam: Actor
) -> None:
    with pytest.raises(ReasonMissing):
        propose_correction(instrument, {"purpose": "housing"}, " ", actor=mariam, at=LATER)
    proposal = propose_correction(instrument, {"purpose": "housing"}, "A slip", actor=mariam, at=LATER)
    with pytest.raises(ProposedByYourself):
        approve_correction(proposal, actor=mariam, at=LATER)
    with pytest.raises(NotPermitted):
        approve_correction(proposal, actor=salem, at=LATER)
    with pytest.raises(UnderWay):
        propose_correction(instrument, {"purpose": "school"}, "Another", actor=salem, at=LATER)
    refuse_correction(proposal, "It is right as it is", actor=mariam, at=LATER)
    assert carry_out(application_of(instrument), at=LATER) == []


def test_only_what_is_wrong_on_a_document_that_stands_is_corrected(
    instrument: Instrument, salem: Actor, mariam: Actor
) -> None:
    with pytest.raises(NothingCorrected):
        propose_correction(instrument, {"purpose": "bank"}, "A slip", actor=salem, at=LATER)
    with pytest.raises(WrongAnswers):
        propose_correction(instrument, {"purpose": "moon"}, "A slip", actor=salem, at=LATER)
    suspend(instrument, reason="A complaint", actor=mariam, at=LATER)
    with pytest.raises(NotCorrectable):
        propose_correction(instrument, {"purpose": "housing"}, "A slip", actor=salem, at=LATER)


def test_a_mandate_that_has_ended_corrects_nothing(
    instrument: Instrument, salem: Actor, mariam: Actor
) -> None:
    proposal = propose_correction(instrument, {"purpose": "housing"}, "A slip", actor=salem, at=LATER)
    mandate = Mandate.objects.get(post__person=mariam.person)
    MandateEnd.objects.create(mandate=mandate, reason="x", by=salem.person, at=NOW)
    with pytest.raises(OutsideMandate):
        approve_correction(proposal, actor=mariam, at=LATER)
    approved = {"state": "approved", "decided_by": mariam.person, "decided_at": LATER, "mandate": mandate}
    with pytest.raises(IntegrityError, match="no mandate"), transaction.atomic():
        CorrectionProposal.objects.filter(pk=proposal.pk).update(**approved)


def test_the_database_takes_no_new_version_without_two_people(instrument: Instrument, salem: Actor) -> None:
    proposal = propose_correction(instrument, {"purpose": "housing"}, "A slip", actor=salem, at=LATER)
    answers = application_of(instrument).answers | proposal.answers
    with pytest.raises(IntegrityError, match="without two people"):
        amendment.issue(instrument, proposal.application, answers, origin=proposal.origin, at=LATER)


def test_what_befalls_the_new_version_concerns_its_applicant(
    instrument: Instrument, salem: Actor, mariam: Actor
) -> None:
    second = corrected(instrument, salem, mariam, purpose="housing")
    assert second.intent.application is None
    assert application_of(second) == instrument.intent.application
