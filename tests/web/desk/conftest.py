"""The town's staff, signed in, and applications at the steps that the desk's pages show."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.applications import blobs
from rukhsa.applications.models import Application, Attachment
from rukhsa.applications.taken import take
from rukhsa.authorities.models import Agency, Authority
from rukhsa.catalogue.models import ServiceProposal
from rukhsa.catalogue.territory import service_files, territory_folder
from rukhsa.consents.models import Consent, Deed
from rukhsa.correspondence.conversation import Message, write_as_applicant
from rukhsa.correspondence.enclosure import Enclosure
from rukhsa.issuance.models import Instrument, Intent
from rukhsa.payments import deposit
from rukhsa.payments.models import Attempt, Charge, ChargeLine, DepositMovement
from rukhsa.payments.outcome import settle_with
from rukhsa.places.models import Block, ParcelEntry, ParcelList
from rukhsa.reconciliation.models import Difference, Statement
from rukhsa.review import referral
from rukhsa.review.check import check
from tests import proved
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY

IBAN = "BH67BMAG00001299123456"
SignIn = Callable[[Person], Client]

CAST = {
    "salem": ("سالم حسن", "Salem Hasan", Role.OFFICER),
    "mariam": ("مريم علي", "Mariam Ali", Role.SUPERVISOR),
    "yusuf": ("يوسف خليل", "Yusuf Khalil", Role.INSPECTOR),
    "auditor": ("سالم حسن", "Salem Hasan", Role.AUDITOR),
    "finance": ("نور هدى", "Noor Huda", Role.FINANCE),
    "huda": ("هدى سالم", "Huda Salem", Role.FINANCE),
    "dana": ("دانة", "Dana", Role.DATA_PROTECTION),
    "jasim": ("جاسم", "Jasim", Role.DIRECTOR),
    "khalid": ("خالد", "Khalid", Role.COMMITTEE_MEMBER),
    "fatima": ("فاطمة", "Fatima", Role.COMMITTEE_MEMBER),
    "noor": ("نور سلمان", "Noor Salman", Role.AGENCY_OFFICER),
    "hala": ("هالة", "Hala", Role.AGENCY_COORDINATOR),
}


def person(name: str, place: Authority | Agency) -> Person:
    """One of the cast, with a post at a place and the second factor that staff need."""
    ar, en, role = CAST[name]
    made = works.staff(f"{name}.{place}@town.example", ar, en, role, at=place)
    Authenticator.objects.get_or_create(user=made, type=Authenticator.Type.TOTP, defaults={"data": {}})
    return made


@pytest.fixture
def sign_in() -> SignIn:
    """A browser in which a person signed in."""

    def signed_in(who: Person) -> Client:
        client = Client(headers={"accept": "text/html"})
        client.cookies["rukhsa-language"] = "en"
        proved.sign_in(client, who)
        return client

    return signed_in


@pytest.fixture
def salem(db: None, sign_in: SignIn) -> Client:
    """The officer's browser."""
    return sign_in(person("salem", works.authority()))


@pytest.fixture
def mariam(db: None, sign_in: SignIn) -> Client:
    """The supervisor's browser."""
    return sign_in(person("mariam", works.authority()))


@pytest.fixture
def yusuf(db: None, sign_in: SignIn) -> Client:
    """The inspector's browser."""
    return sign_in(person("yusuf", works.authority()))


@pytest.fixture
def noor(db: None, sign_in: SignIn) -> Client:
    """The browser of EWA's officer."""
    return sign_in(person("noor", works.agency()))


@pytest.fixture
def application(db: None) -> Application:
    """Layla's road works with a picture attached, just submitted."""
    works.agency()
    works.agency("traffic")
    made = works.submitted(works.publish(works.works()))
    content = picture()
    Attachment.objects.create(
        application=made,
        document="drawing",
        name="route.png",
        digest=blobs.keep(content),
        media_type="image/png",
        size=len(content),
        added_by=made.applicant,
        added_at=SUNDAY,
    )
    return made


@pytest.fixture
def referred(application: Application) -> Application:
    """The same, checked as complete and referred to EWA and to Traffic."""
    salem = works.act_as(person("salem", works.authority()))
    check(application, "completeness", actor=salem, at=SUNDAY)
    works.asked(application, SUNDAY)
    return application


@pytest.fixture
def visited(referred: Application) -> Application:
    """The same, answered by both agencies, with an inspection ordered."""
    for question in referred.referrals.all():
        officer = works.act_as(person("noor", question.agency))
        referral.answer(question, "no-objection", "", actor=officer, at=SUNDAY)
    works.ordered(referred, SUNDAY)
    return referred


@pytest.fixture
def instrument(application: Application) -> Instrument:
    """A document that was issued for the application."""
    return licensed(application)


def licensed(application: Application, /, **more: Any) -> Instrument:
    """A document that was issued for an application of the road works, with the facts of its seal."""
    facts = {
        "1": 7,
        "2": application.applicant.name_ar,
        "4": [12, 1805, 318],
        "5": application.answers["days"],
    }
    told: dict[str, Any] = {
        "origin": f"application:{application.pk}",
        "application": application,
        "authority": works.authority(),
        "service_version": application.service_version,
        "number": "CAP-RW-2026-000001-1",
        "verification_code": "ABCDEFGHJKMNPQRS",
        "status_list": 1,
        "status_index": 1,
        "profile": 7,
        "facts": facts,
        "printed": {},
        "valid_from": SUNDAY.date(),
        "valid_until": SUNDAY.date().replace(year=2099),
        "at": SUNDAY,
    }
    intent = Intent.objects.create(**told | more)
    return Instrument.objects.create(intent=intent, file_digest=blobs.keep(b"%PDF-1.7"), released_at=SUNDAY)


def picture(colour: str = "white") -> bytes:
    """A small PNG."""
    written = BytesIO()
    Image.new("RGB", (8, 8), colour).save(written, "PNG")
    return written.getvalue()


def written(application: Application) -> tuple[Message, Enclosure]:
    """A message of the applicant that no officer has seen, with a picture."""
    file = take(ContentFile(picture(), name="pole.png"))
    text = "أين أضع العمود؟"
    asking = works.act_as(application.applicant)
    message = write_as_applicant(application, text, [file], actor=asking, at=SUNDAY)
    return message, message.enclosures.get()


def released(application: Application, number: int) -> DepositMovement:
    """A deposit of 50.000 dinars of an application that was paid and released."""
    return deposit.release(paid_deposit(application, number), iban=IBAN, actor=None, at=SUNDAY)


def paid_deposit(application: Application, number: int) -> ChargeLine:
    """A deposit of 50.000 dinars that was paid and is held."""
    charge = Charge.objects.create(
        application=application, due=Charge.Due.AFTER_DECISION, number=number, amount=50_000, currency="BHD",
        assessed_at=SUNDAY, expires_at=SUNDAY + timedelta(days=30),
    )  # fmt: skip
    line = ChargeLine.objects.create(charge=charge, rule="reinstatement", kind="deposit", amount=50_000)
    attempt = Attempt.objects.create(
        charge=charge, gateway="national", reference=f"T{number}", amount=50_000, currency="BHD",
        state=Attempt.State.CAPTURED, started_at=SUNDAY, ended_at=SUNDAY,
    )  # fmt: skip
    settle_with(attempt, at=SUNDAY)
    return line


def deed_sent(digest: str) -> Consent:
    """A power of attorney that waits for an officer."""
    agent, _ = Person.objects.get_or_create(email="agent@people.example", defaults={"kind": "resident"})
    consent = Consent.objects.create(
        basis="power-of-attorney", agent=agent, owner_number="450798765", services=[],
        until=SUNDAY.date() + timedelta(days=9999), code="", asked_at=SUNDAY,
    )  # fmt: skip
    Deed.objects.create(
        consent=consent, name="power.png", digest=digest, shown_digest=digest, shown_media_type="image/jpeg",
        owner_name="Maryam",
    )  # fmt: skip
    return consent


def owed_charge(application: Application, number: int = 9) -> Charge:
    """An unpaid fee of 5.000 dinars."""
    charge = Charge.objects.create(
        application=application, due=Charge.Due.AFTER_DECISION, number=number, amount=5_000, currency="BHD",
        assessed_at=SUNDAY, expires_at=SUNDAY + timedelta(days=3650),
    )  # fmt: skip
    told = {"name": {"ar": "رسم الأشغال", "en": "Works fee"}, "amount": "0.050", "units": 100, "per": "metre"}
    ChargeLine.objects.create(charge=charge, rule="works-fee", kind="fee", amount=5_000, explanation=told)
    return charge


def differing(application: Application) -> Difference:
    """A difference between a statement and the books of the application's authority."""
    finance = person("finance", works.authority())
    statement = Statement.objects.create(
        gateway="national", day=SUNDAY.date(), digest="0" * 64, count=1, net=25_500, currency="BHD",
        taken_by=finance, taken_at=SUNDAY,
    )  # fmt: skip
    return Difference.objects.create(
        statement=statement, kind=Difference.Kind.NOT_SETTLED_HERE, gateway="national", reference="26111",
        authority=application.authority, theirs=25_500, ours=25_500, currency="BHD", found_at=SUNDAY,
    )  # fmt: skip


def proposed_text(**more: Any) -> ServiceProposal:
    """The text of the road works licence, proposed for publication."""
    file = next(file for file in service_files(territory_folder()) if file.stem == "road-works-licence")
    return ServiceProposal.objects.create(
        service="road-works-licence", source_text=file.read_text("utf-8"), text_digest="0" * 64,
        effective_on=SUNDAY.date(), proposed_by=person("salem", works.authority()), proposed_at=SUNDAY, **more,
    )  # fmt: skip


def made_up_parcel() -> ParcelEntry:
    """A parcel of block 317."""
    Block.objects.get_or_create(number=317, defaults={"authority": works.authority()})
    made = ParcelList.objects.create(
        number=1, effective_from=SUNDAY.date(), source="made up", digest="0" * 64, at=SUNDAY
    )
    corners = [[50.587, 26.223], [50.588, 26.223], [50.588, 26.224], [50.587, 26.223]]
    return ParcelEntry.objects.create(
        list=made, number="03-120045", block_id=317, measure="5535.2", west=50.587, south=26.223, east=50.588,
        north=26.224, geometry={"type": "Polygon", "coordinates": [corners]},
    )  # fmt: skip
