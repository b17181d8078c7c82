"""Money's own small world: an authority, its people, and as many applications that owe as are asked for."""

import itertools
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.authorities.actor import Actor, actor_for
from rukhsa.authorities.models import Authority, Post
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.payments.collection import Addresses, collect
from rukhsa.payments.models import Attempt, Charge, Payout, Receipt, Refund
from rukhsa.payments.tariff import assess
from rukhsa.reconciliation.models import SettledLine
from tests.mandated import empower
from tests.rooms.payments.conformance.drivers import DRIVERS, Driver
from tests.rooms.payments.definition import definition, deposit_rule, fee

IBAN = "BH67BMAG00001299123456"
NOWHERE = Addresses(notification="http://127.0.0.1:9/notice", browser="http://127.0.0.1:9/back")
DRIVER = {driver.code: driver for driver in DRIVERS}
_numbers = itertools.count(1)


def now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class World:
    """Who acts: Layla pays, Huda asks for money to be sent back, Salem that some be kept, Mariam approves both."""

    layla: Actor
    huda: Actor
    mariam: Actor
    salem: Actor
    version: ServiceVersion

    def owing(self, *, stage: Stage = Stage.GRANTED, at: datetime | None = None) -> Charge:
        """A charge of 5.500 dinars of fee and 50.000 of deposit, of an application of its own."""
        at = at or now()
        application = Application.objects.create(
            reference=f"RW-{uuid.uuid4().hex[:12]}", service_version=self.version, applicant=self.layla.person,
            authority_id="CAP", stage=stage, created_at=at, saved_at=at, submitted_at=at,
            answers={"days": next(_numbers), "on-behalf": "no", "account": IBAN},
        )  # fmt: skip
        charge = assess(application, Charge.Due.AFTER_DECISION, at=at)
        assert charge is not None
        return charge

    def begin(
        self, charge: Charge, gateway: str, *, at: datetime | None = None, to: Addresses = NOWHERE
    ) -> str:
        """The address of the page on which Layla pays."""
        return collect(charge, gateway, actor=self.layla, addresses=to, at=at or now())


def build() -> World:
    """The world, found again where it is there already."""
    day = now().date() - timedelta(days=400)
    authority, _ = Authority.objects.get_or_create(code="CAP", defaults={"ordinal": 1})
    charges = [fee({"amount": "5.500"}), deposit_rule({"amount": "50.000"})]
    version = ServiceVersion.objects.filter(service="road-works").first() or ServiceVersion.objects.create(
        service="road-works", number=1, source_text="", meaning=definition(charges), digest=uuid.uuid4().hex,
        published_at=now(),
    )  # fmt: skip
    layla = _person("layla@people.example", kind="citizen", phone="+97336000001")
    huda = _staff("huda", Role.FINANCE, authority, day)
    mariam = _staff("mariam", Role.SUPERVISOR, authority, day)
    salem = _staff("salem", Role.OFFICER, authority, day)
    return World(
        version=version,
        **{
            name: actor_for(each, at=now())
            for name, each in {"layla": layla, "huda": huda, "mariam": mariam, "salem": salem}.items()
        },
    )


def _staff(name: str, role: Role, authority: Authority, day: date) -> Person:
    person = _person(f"{name}@mun.example", kind="staff")
    post, _ = Post.objects.get_or_create(
        person=person, role=role, authority=authority, defaults={"starts_on": day}
    )
    empower(post)
    return person


def _person(email: str, **more: Any) -> Person:
    found = Person.objects.filter(email=email).first()
    return found or Person.objects.create_user(email, name_ar="ليلى", name_en="Layla", **more)


@dataclass(frozen=True, kw_only=True)
class End:
    """How it ended for one charge: what the gateways have, what we have, and where each fils of it went."""

    taken: int  # by the gateways, for all attempts of the charge, in fils
    returned: int  # through them
    receipts: int
    owed: int  # refunds, in fils
    paid_out: int  # of refunds and deposits, in fils
    under_way: int  # attempts and payouts without an end
    settled: int = 0  # of it by statements, in fils

    @property
    def lost(self) -> int:
        """What a gateway took that neither a receipt nor a refund tells of."""
        return max(0, self.taken - self.owed - (CHARGED if self.receipts else 0))

    @property
    def double(self) -> int:
        """Whether anything was kept, written or sent twice."""
        return int(self.receipts > 1 or self.returned > self.owed or self.taken - self.owed > CHARGED)


CHARGED = 55_500


def end_of(charge: Charge, sandbox: str) -> End:
    """How it stands now."""
    attempts = list(Attempt.objects.filter(charge=charge))
    moved = [DRIVER[one.gateway].moved(sandbox, one.reference) for one in attempts]
    refunds = Refund.objects.filter(attempt__charge=charge)
    payouts = Payout.objects.filter(refund__attempt__charge=charge) | Payout.objects.filter(
        release__line__charge=charge
    )
    return End(
        taken=sum(taken for taken, _ in moved),
        returned=sum(given for _, given in moved),
        receipts=Receipt.objects.filter(charge=charge).count(),
        owed=sum(refunds.values_list("amount", flat=True)),
        paid_out=sum(payouts.filter(state="done").values_list("amount", flat=True)),
        under_way=sum(one.is_open for one in attempts)
        + payouts.filter(state__in=["proposed", "sent"]).count(),
        settled=sum(
            SettledLine.objects.filter(reference__in=[one.reference for one in attempts]).values_list(
                "booked", flat=True
            )
        ),
    )


def pay(address: str, driver: Driver, **fault: Any) -> httpx.Response:
    """Layla pays; the notice is lost unless something else is said of it."""
    return driver.choose(address, driver.pay, **({"fault": "lost"} | fault))
