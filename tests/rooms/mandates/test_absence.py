"""Deputies are signed by two; one press gives an absent officer's mandates to the deputy until a day."""

from datetime import timedelta

import pytest

from rukhsa.accounts.permissions import Role
from rukhsa.applications.competence import may
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.mandates.absence import DayOver, come_back, go_away
from rukhsa.mandates.deputy import NotADeputy, approve_deputy, propose_deputy
from rukhsa.mandates.errors import OwnMandate
from rukhsa.mandates.mandate import Act
from tests.rooms.mandates.conftest import without_mandates
from tests.rooms.mandates.test_mandate import TODAY, given
from tests.rooms.review.works import SUNDAY

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def rashid(db: None) -> Actor:
    """Another officer, with no mandate of his own."""
    return without_mandates("rashid@town.example", "Rashid", Role.OFFICER)


def test_the_deputy_has_the_mandates_of_an_absent_officer_until_the_day(
    application: Application, salem: Actor, rashid: Actor, mariam: Actor, fatima: Actor, ahmed: Actor
) -> None:
    given(salem, fatima, ahmed)
    named = propose_deputy(salem.person, rashid.person, "CAP", actor=salem, at=SUNDAY)
    approve_deputy(named, actor=mariam, at=SUNDAY)
    assert not may(rashid, Act.GRANT, application, at=SUNDAY)
    go_away(salem.person, TOMORROW, actor=salem, at=SUNDAY)
    assert may(rashid, Act.GRANT, application, at=SUNDAY)
    assert may(rashid, Act.GRANT, application, at=SUNDAY + timedelta(days=1))
    assert not may(rashid, Act.GRANT, application, at=SUNDAY + timedelta(days=2))
    come_back(salem.person, actor=salem, at=SUNDAY + timedelta(hours=1))
    assert not may(rashid, Act.GRANT, application, at=SUNDAY + timedelta(hours=2))
    assert may(salem, Act.GRANT, application, at=SUNDAY)


def test_a_deputy_who_is_not_signed_has_nothing(
    application: Application, salem: Actor, rashid: Actor, fatima: Actor, ahmed: Actor
) -> None:
    given(salem, fatima, ahmed)
    named = propose_deputy(salem.person, rashid.person, "CAP", actor=salem, at=SUNDAY)
    with pytest.raises(OwnMandate):
        approve_deputy(named, actor=rashid, at=SUNDAY)
    [absence] = go_away(salem.person, TOMORROW, actor=salem, at=SUNDAY)
    assert absence.deputy is None
    assert not may(rashid, Act.GRANT, application, at=SUNDAY)


def test_a_deputy_examines_at_the_same_authority(salem: Actor, fatima: Actor) -> None:
    for wrong in (salem, fatima):
        with pytest.raises(NotADeputy):
            propose_deputy(salem.person, wrong.person, "CAP", actor=salem, at=SUNDAY)


def test_a_supervisor_says_that_an_officer_is_away(salem: Actor, mariam: Actor) -> None:
    [absence] = go_away(salem.person, TODAY, actor=mariam, at=SUNDAY)
    assert (absence.officer, absence.by) == (salem.person, mariam.person)
    with pytest.raises(DayOver):
        go_away(salem.person, TODAY - timedelta(days=1), actor=mariam, at=SUNDAY)
