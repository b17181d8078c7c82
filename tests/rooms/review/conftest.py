"""The town, as far as a review needs it."""

from collections.abc import Iterator

import pytest

from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application
from rukhsa.applications.stages import OPEN_STAGES
from rukhsa.authorities.actor import Actor
from rukhsa.review.inspection import Inspection, still_wanted
from rukhsa.review.queue import WaitingInspection, WaitingReferral
from rukhsa.review.referral import Referral
from tests.rooms.review import works


@pytest.fixture(autouse=True)
def what_waits_is_what_is_open(db: None) -> Iterator[None]:
    """After each test the lists of agencies and inspectors hold what the facts say is open, and no more.

    What a closing left behind is taken out by the next placing; pages leave it out until then."""
    yield
    asked, visits = Referral.objects.open(), Inspection.objects.open()
    listed = WaitingReferral.objects.filter(referral__application__stage__in=OPEN_STAGES)
    assert set(listed.values_list("referral", "agency", "due_at")) == {
        (each.pk, each.agency_id, each.term) for each in asked
    }
    wanted = WaitingInspection.objects.filter(still_wanted("inspection__"))
    assert set(wanted.values_list("inspection", "authority", "due_at")) == set(
        visits.values_list("pk", "application__authority", "due_at")
    )


@pytest.fixture
def salem(db: None) -> Actor:
    """An officer of the Capital."""
    return works.act_as(
        works.staff("salem@town.example", "سالم حسن", "Salem Hasan", Role.OFFICER, at=works.authority())
    )


@pytest.fixture
def mariam(db: None) -> Actor:
    """The supervisor at the Capital."""
    return works.act_as(
        works.staff("mariam@town.example", "مريم علي", "Mariam Ali", Role.SUPERVISOR, at=works.authority())
    )


@pytest.fixture
def yusuf(db: None) -> Actor:
    """The inspector at the Capital."""
    return works.act_as(
        works.staff("yusuf@town.example", "يوسف خليل", "Yusuf Khalil", Role.INSPECTOR, at=works.authority())
    )


@pytest.fixture
def noor(db: None) -> Actor:
    """The officer of EWA."""
    return works.act_as(
        works.staff("noor@town.example", "نور سلمان", "Noor Salman", Role.AGENCY_OFFICER, at=works.agency())
    )


@pytest.fixture
def salem_elsewhere(db: None) -> Actor:
    """The same kind of officer, with a post in Muharraq only."""
    muharraq = works.authority("MUH", 2)
    return works.act_as(
        works.staff("salem.muharraq@town.example", "سالم حسن", "Salem Hasan", Role.OFFICER, at=muharraq)
    )


@pytest.fixture
def noor_of_traffic(db: None) -> Actor:
    """The same kind of officer, at another agency."""
    traffic = works.agency("traffic")
    return works.act_as(
        works.staff("noor.traffic@town.example", "نور سلمان", "Noor Salman", Role.AGENCY_OFFICER, at=traffic)
    )


@pytest.fixture
def application(db: None) -> Application:
    """Layla's road works, just submitted on a Sunday; a lane is closed, so every step is asked for."""
    works.agency()
    works.agency("traffic")
    return works.submitted(works.publish(works.works()))
