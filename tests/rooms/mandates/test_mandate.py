"""Mandates: signed by two who are not the holder, for acts, services, days and amounts."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from rukhsa.agreement import ProposedByYourself
from rukhsa.applications import competence
from rukhsa.applications.competence import OutsideMandate, may
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.mandates.errors import OwnMandate
from rukhsa.mandates.mandate import (
    Act,
    Extent,
    Mandate,
    NotInForce,
    Unknown,
    approve_mandate,
    end_mandate,
    propose_mandate,
)
from rukhsa.values.money import Money
from tests.rooms.mandates.conftest import post_of
from tests.rooms.review.works import SUNDAY

TODAY = SUNDAY.date()


def wanted(**more: Any) -> Extent:
    return Extent(**{"acts": [Act.GRANT, Act.REFUSE], "starts_on": TODAY, "subject": "roads", **more})


def given(to: Actor, by: Actor, and_by: Actor, **more: Any) -> Mandate:
    mandate = propose_mandate(post_of(to), wanted(**more), actor=by, at=SUNDAY)
    return approve_mandate(mandate, actor=and_by, at=SUNDAY)


def test_an_officer_without_a_mandate_decides_nothing(application: Application, salem: Actor) -> None:
    assert not may(salem, Act.GRANT, application, at=SUNDAY)
    with pytest.raises(OutsideMandate):
        competence.require(salem, Act.REFUSE, application, at=SUNDAY)


def test_a_mandate_counts_once_a_second_person_signed_it(
    application: Application, salem: Actor, fatima: Actor, ahmed: Actor
) -> None:
    mandate = propose_mandate(post_of(salem), wanted(), actor=fatima, at=SUNDAY)
    assert not may(salem, Act.GRANT, application, at=SUNDAY)
    with pytest.raises(ProposedByYourself):
        approve_mandate(mandate, actor=fatima, at=SUNDAY)
    approve_mandate(mandate, actor=ahmed, at=SUNDAY)
    assert competence.require(salem, Act.GRANT, application, at=SUNDAY) == mandate


def test_no_one_signs_a_mandate_of_their_own(mariam: Actor, fatima: Actor) -> None:
    with pytest.raises(OwnMandate):
        propose_mandate(post_of(mariam), wanted(), actor=mariam, at=SUNDAY)
    mandate = propose_mandate(post_of(mariam), wanted(), actor=fatima, at=SUNDAY)
    with pytest.raises(OwnMandate):
        approve_mandate(mandate, actor=mariam, at=SUNDAY)


def test_an_officer_gives_no_mandates(salem: Actor, mariam: Actor) -> None:
    with pytest.raises(NotPermitted):
        propose_mandate(post_of(mariam), wanted(), actor=salem, at=SUNDAY)


@pytest.mark.parametrize(
    "narrower",
    [
        {"acts": [Act.REFUSE]},
        {"subject": "building"},
        {"services": ["camping-registration"]},
        {"starts_on": TODAY + timedelta(days=1)},
        {"starts_on": date(2026, 10, 1), "ends_on": TODAY - timedelta(days=1)},
        {"limit": Money(minor=4_999, currency="BHD")},
    ],
    ids=["act", "subject", "service", "not yet", "no longer", "amount"],
)
def test_what_lies_outside_is_not_allowed(
    application: Application, salem: Actor, fatima: Actor, ahmed: Actor, narrower: dict[str, Any]
) -> None:
    given(salem, fatima, ahmed, **narrower)
    five = Money(minor=5_000, currency="BHD")
    assert not may(salem, Act.GRANT, application, at=SUNDAY, amount=five)
    given(salem, fatima, ahmed, services=["road-works"], limit=five)
    assert may(salem, Act.GRANT, application, at=SUNDAY, amount=five)


def test_an_ended_mandate_allows_nothing_and_ends_once(
    application: Application, salem: Actor, fatima: Actor, ahmed: Actor
) -> None:
    mandate = given(salem, fatima, ahmed)
    end_mandate(mandate, "Salem moves to another section.", actor=fatima, at=SUNDAY)
    later = SUNDAY + timedelta(minutes=1)
    assert not may(salem, Act.GRANT, application, at=later)
    assert may(salem, Act.GRANT, application, at=SUNDAY - timedelta(minutes=1))
    with pytest.raises(NotInForce):
        end_mandate(mandate, "again", actor=fatima, at=later)


def test_a_mandate_ends_with_its_post(
    application: Application, salem: Actor, fatima: Actor, ahmed: Actor
) -> None:
    given(salem, fatima, ahmed)
    post = post_of(salem)
    post.ends_on = TODAY
    post.save()
    assert may(salem, Act.GRANT, application, at=SUNDAY)
    assert not may(salem, Act.GRANT, application, at=SUNDAY + timedelta(days=1))


def test_a_mandate_allows_only_what_the_post_may_do(salem: Actor, fatima: Actor) -> None:
    for said in (
        {"acts": [Act.REVOKE]},
        {"acts": []},
        {"subject": "astronomy"},
        {"ends_on": date(2026, 1, 1)},
    ):
        with pytest.raises(Unknown):
            propose_mandate(post_of(salem), wanted(**said), actor=fatima, at=SUNDAY)


def test_the_database_changes_no_mandate_and_takes_no_single_signature(
    salem: Actor, fatima: Actor, ahmed: Actor
) -> None:
    mandate = given(salem, fatima, ahmed)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.filter(pk=mandate.pk).update(subject="building")
    alone = Mandate(authority_id="CAP", post=post_of(salem), acts=["grant"], starts_on=TODAY)
    alone.state, alone.proposed_by, alone.decided_by = "approved", fatima.person, fatima.person
    alone.proposed_at = alone.decided_at = SUNDAY
    with pytest.raises(IntegrityError), transaction.atomic():
        alone.save()
