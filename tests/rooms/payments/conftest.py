"""A sandbox that runs, gateways that speak to it, and an application of Layla's that owes money."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from pytest_django import Settings

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.authorities.actor import Actor, actor_for
from rukhsa.authorities.models import Authority, Post
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.payments.collection import Addresses, collect
from rukhsa.payments.models import Charge
from rukhsa.payments.tariff import assess
from rukhsa.project.config import PROJECT
from rukhsa_rehearsal.sandbox.serve import Running, running
from tests.mandated import empower
from tests.outside import break_down as set_fault
from tests.outside import everything_works, gateways
from tests.rooms.payments.definition import definition, deposit_rule, fee
from tests.rooms.payments.merchant import Merchant

ROUTE = {
    "geometry": {"type": "LineString", "coordinates": [[50.58, 26.22], [50.59, 26.22]]},
    "measure": "101.2",
}


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The sandbox."""
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def _gateways(settings: Settings, outside: Running) -> Iterator[None]:
    settings.RUKHSA_TERRITORY = PROJECT / "territories" / "bahrain"
    settings.PAYMENT_GATEWAYS = gateways(outside)
    yield
    everything_works(outside)


@pytest.fixture
def merchant() -> Iterator[Merchant]:
    """Our side of the gateway's notifications, listening on a port."""
    with Merchant().listening() as listening:
        yield listening


@pytest.fixture
def addresses(merchant: Merchant) -> Addresses:
    """Our addresses, as the gateway is given them."""
    return Addresses(notification=f"{merchant.address}/notice/national", browser=f"{merchant.address}/back")


@pytest.fixture
def layla(db: None) -> Actor:
    """Layla, who applies."""
    person = Person.objects.create_user(
        "layla@people.example", name_ar="ليلى", name_en="Layla", phone="+97336000001", kind="citizen"
    )
    return actor_for(person, at=datetime.now(UTC))


def staff(name: str, role: Role, authority: str = "CAP") -> Actor:
    """One of an authority's people."""
    place, _ = Authority.objects.get_or_create(
        code=authority, defaults={"ordinal": 1 if authority == "CAP" else 2}
    )
    person = Person.objects.create_user(f"{name}@mun.example", name_ar=name, name_en=name, kind="staff")
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    empower(Post.objects.create(person=person, role=role, authority=place, starts_on=yesterday))
    return actor_for(person, at=datetime.now(UTC))


@pytest.fixture
def huda(db: None) -> Actor:
    """Of finance."""
    return staff("huda", Role.FINANCE)


@pytest.fixture
def mariam(db: None) -> Actor:
    """The supervisor, who approves."""
    return staff("mariam", Role.SUPERVISOR)


@pytest.fixture
def salem(db: None) -> Actor:
    """The officer, who asks."""
    return staff("salem", Role.OFFICER)


type Apply = Callable[..., Application]


@pytest.fixture
def apply_for(layla: Actor) -> Apply:
    """Layla's granted application for a service with these charges and answers."""

    def apply(charges: list[dict[str, Any]], **answers: Any) -> Application:
        now = datetime.now(UTC)
        authority, _ = Authority.objects.get_or_create(code="CAP", defaults={"ordinal": 1})
        number = ServiceVersion.objects.count() + 1
        version = ServiceVersion.objects.create(
            service="road-works", number=number, source_text="", meaning=definition(charges),
            digest=uuid.uuid4().hex, published_at=now,
        )  # fmt: skip
        return Application.objects.create(
            reference=f"RW-{number}", service_version=version, applicant=layla.person, authority=authority,
            stage=Stage.GRANTED, created_at=now, saved_at=now, submitted_at=now,
            answers={"route": ROUTE, "days": 3, "on-behalf": "no"} | answers,
        )  # fmt: skip

    return apply


@pytest.fixture
def charge(apply_for: Apply) -> Charge:
    """25.500 dinars: a fee for 102 started metres."""
    application = apply_for([fee({"amount": "0.250", "per": {"metre-of": "route"}})])
    assessed = assess(application, Charge.Due.AFTER_DECISION, at=datetime.now(UTC))
    assert assessed is not None
    return assessed


@pytest.fixture
def charge_with_deposit(apply_for: Apply) -> Charge:
    """5.000 dinars of fee and 204.000 of deposit."""
    application = apply_for([
        fee({"amount": "5.000"}),
        deposit_rule({"amount": "2.000", "per": {"metre-of": "route"}, "at-least": "50.000"}),
    ])  # fmt: skip
    assessed = assess(application, Charge.Due.AFTER_DECISION, at=datetime.now(UTC))
    assert assessed is not None
    return assessed


type Begin = Callable[..., str]


@pytest.fixture
def begin(layla: Actor, addresses: Addresses) -> Begin:
    """Begin to pay a charge; the address of the gateway's page."""

    def begin(charge: Charge, gateway: str = "national", *, at: datetime | None = None) -> str:
        return collect(charge, gateway, actor=layla, addresses=addresses, at=at or datetime.now(UTC))

    return begin


type Break = Callable[..., None]


@pytest.fixture
def break_down(outside: Running) -> Break:
    """Set a fault of the sandbox."""
    return partial(set_fault, outside)
