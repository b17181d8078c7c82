"""The Capital's people: an officer and a supervisor without mandates, and two administrators who sign them."""

import pytest

from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Post
from rukhsa.mandates.mandate import Mandate
from rukhsa.mandates.models import MandateEnd
from tests.rooms.review import works
from tests.rooms.review.works import BY_OFFICER, CHECK, SUNDAY


def post_of(actor: Actor) -> Post:
    """The post of one of the staff who holds one."""
    return Post.objects.get(person=actor.person)


def without_mandates(email: str, name: str, role: Role) -> Actor:
    """One of the Capital's staff whose mandates have ended."""
    person = works.staff(email, name, name, role, at=works.authority())
    for mandate in Mandate.objects.filter(post__person=person):
        MandateEnd.objects.create(mandate=mandate, reason="", by=person, at=SUNDAY.replace(year=2021))
    return works.act_as(person)


@pytest.fixture
def salem(db: None) -> Actor:
    """The officer."""
    return without_mandates("salem@town.example", "Salem", Role.OFFICER)


@pytest.fixture
def mariam(db: None) -> Actor:
    """The supervisor."""
    return without_mandates("mariam@town.example", "Mariam", Role.SUPERVISOR)


@pytest.fixture
def fatima(db: None) -> Actor:
    """An administrator."""
    return without_mandates("fatima@town.example", "Fatima", Role.ADMINISTRATOR)


@pytest.fixture
def ahmed(db: None) -> Actor:
    """Another administrator."""
    return without_mandates("ahmed@town.example", "Ahmed", Role.ADMINISTRATOR)


@pytest.fixture
def application(db: None) -> Application:
    """Layla's road works at the Capital, which want one check and a decision by the mandate for roads."""
    return works.submitted(works.publish(works.works(CHECK, {**BY_OFFICER, "mandate": "roads"})))
