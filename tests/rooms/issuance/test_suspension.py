"""A document is suspended by two people, or by one at once in danger, whom another confirms within a day."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from rukhsa.accounts.permissions import Role
from rukhsa.agreement import ProposedByYourself
from rukhsa.applications.competence import OutsideMandate
from rukhsa.authorities.actor import Actor
from rukhsa.issuance import cycle
from rukhsa.issuance.models import Instrument, Status, Suspension, SuspensionConfirmation
from rukhsa.issuance.suspension import (
    AlreadySuspended,
    approve_suspension,
    confirm,
    lapse_unconfirmed,
    propose_suspension,
    reinstate,
    suspend,
)
from rukhsa.mandates.models import Mandate, MandateEnd
from tests.rooms.issuance.conftest import NOW, Grant
from tests.rooms.issuance.test_status import staff

A_DAY = NOW + timedelta(days=1)


@pytest.fixture
def instrument(granted: Grant, town: datetime) -> Instrument:
    return cycle.issue(granted(), at=town)


@pytest.fixture
def mariam(town: datetime) -> Actor:
    return staff("mariam", Role.SUPERVISOR)


@pytest.fixture
def salem(town: datetime) -> Actor:
    return staff("salem", Role.OFFICER)


def test_two_people_suspend_and_it_stays(instrument: Instrument, salem: Actor, mariam: Actor) -> None:
    proposal = propose_suspension(instrument, "A complaint", actor=salem, at=NOW)
    assert instrument.status(NOW) is Status.VALID, "it changes nothing until another approves"
    with pytest.raises(ProposedByYourself):
        approve_suspension(proposal, actor=salem, at=NOW)
    suspension = approve_suspension(proposal, actor=mariam, at=NOW)
    assert (suspension.proposed_by, suspension.confirm_by) == (salem.person, None)
    assert lapse_unconfirmed(at=A_DAY) == 0
    assert instrument.status(A_DAY) is Status.SUSPENDED
    with pytest.raises(AlreadySuspended):
        propose_suspension(instrument, "Again", actor=salem, at=NOW)


def test_what_one_person_suspends_at_once_lapses_after_a_day_unless_another_confirms(
    instrument: Instrument, salem: Actor, mariam: Actor
) -> None:
    first = suspend(instrument, reason="A crane leans", actor=salem, at=NOW)
    assert lapse_unconfirmed(at=A_DAY - timedelta(seconds=1)) == 0
    assert lapse_unconfirmed(at=A_DAY) == 1
    assert instrument.status(A_DAY) is Status.VALID
    assert Suspension.objects.get(pk=first.pk).reinstatement.actor is None
    suspend(instrument, reason="It leans again", actor=salem, at=A_DAY)
    with pytest.raises(ProposedByYourself):
        confirm(instrument, actor=salem, at=A_DAY)
    assert confirm(instrument, actor=mariam, at=A_DAY) == confirm(instrument, actor=mariam, at=A_DAY)
    assert lapse_unconfirmed(at=A_DAY + timedelta(days=2)) == 0
    assert instrument.status(A_DAY) is Status.SUSPENDED


def test_outside_a_mandate_no_document_is_suspended_or_reinstated(
    instrument: Instrument, salem: Actor, mariam: Actor
) -> None:
    suspend(instrument, reason="A complaint", actor=salem, at=NOW)
    end_mandates(mariam)
    with pytest.raises(OutsideMandate):
        reinstate(instrument, reason="Unfounded", actor=mariam, at=NOW)
    with pytest.raises(OutsideMandate):
        confirm(instrument, actor=mariam, at=NOW)
    assert instrument.status(NOW) is Status.SUSPENDED


def test_the_database_refuses_a_suspension_by_one_person_for_long_and_one_outside_a_mandate(
    instrument: Instrument, salem: Actor
) -> None:
    mandate = Mandate.objects.get(post__person=salem.person)
    said = {"instrument": instrument, "reason": "x", "actor": salem.person, "at": NOW}
    with pytest.raises(IntegrityError, match="no one person suspends"), transaction.atomic():
        Suspension.objects.create(mandate=mandate, **said)
    with pytest.raises(IntegrityError, match="no mandate"), transaction.atomic():
        Suspension.objects.create(confirm_by=A_DAY, **said)
    made = Suspension.objects.create(mandate=mandate, confirm_by=A_DAY, **said)
    with pytest.raises(IntegrityError, match="of their own"), transaction.atomic():
        SuspensionConfirmation.objects.create(suspension=made, actor=salem.person, at=NOW)


def end_mandates(actor: Actor) -> None:
    for mandate in Mandate.objects.filter(post__person=actor.person):
        MandateEnd.objects.create(mandate=mandate, reason="x", by=actor.person, at=NOW)
