"""The applicants, as eKey names them, with their browsers and answers, in a town opened by its commands."""

import io
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from PIL import Image

from rukhsa.accounts.ekey import register
from rukhsa.accounts.fresh_sign_in import PROVED
from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor, actor_for
from rukhsa.catalogue.territory import territory_folder
from rukhsa_rehearsal.staffing import make_cast
from tests.kept import kept

GULF = {
    "registration": "12345-1",
    "name_ar": "شركة الخليج للمقاولات",
    "name_en": "Gulf Contracting",
    "role": "owner",
}


def open_town() -> None:
    """Load the territory, publish its services, and make the staff: as the commands do, once a process."""
    kept(("open town", territory_folder()), _open_town)


def _open_town() -> None:
    call_command("territory", "load", verbosity=0, stdout=io.StringIO())
    call_command("services", "publish", "--without-gate", verbosity=0, stdout=io.StringIO())
    make_cast()


def claims(**changes: Any) -> dict[str, Any]:
    """What eKey says of Layla."""
    layla = {
        "sub": "ekey-layla",
        "kind": "citizen",
        "personal_number": "850412345",
        "name": "Layla Hasan",
        "name_ar": "ليلى حسن",
        "phone": "+97336000001",
        "email": "layla@people.example",
        "companies": [],
    }
    return layla | changes


def layla(**changes: Any) -> Person:
    """Layla, as eKey names her."""
    return register(claims(**changes), at=timezone.now())


def neighbour() -> Person:
    """Another applicant."""
    return layla(sub="ekey-george", personal_number="900798765", name="George", email="george@people.example")


def salem() -> Person:
    """The officer."""
    return Person.objects.get(email="salem@mun.example")


def acting(person: Person, *, at: datetime | None = None) -> Actor:
    """A person as an actor, now unless said otherwise."""
    return actor_for(person, at=at or timezone.now())


def proved(client: Client, *, at: datetime | None = None) -> Client:
    """The same browser, in which the person signed in by eKey at a moment, now unless said otherwise."""
    session = client.session
    session[PROVED] = (at or timezone.now()).timestamp()
    session.save()
    return client


def signed_in(person: Person, *, language: str = "en") -> Client:
    """A browser in which `person` has signed in, reading in a language."""
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    # As allauth lists each session that a sign-in by eKey opens.
    UserSession.objects.create(
        user=person, session_key=client.session.session_key, ip="192.0.2.1", user_agent="Firefox"
    )
    client.cookies["rukhsa-language"] = language
    return client


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Right answers to the certificate of residence, section by section, as a form sends them."""

    home: dict[str, str] = field(
        default_factory=lambda: {
            "home.flat": "11",
            "home.building": "123",
            "home.road": "1705",
            "home.block": "317",
            "tenure": "owner",
            "living-since": "2020-05-01",
        }
    )
    use: dict[str, str] = field(default_factory=lambda: {"purpose": "bank"})


def picture(name: str = "card.png") -> SimpleUploadedFile:
    """A small picture, as a telephone sends it."""
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), content_type="image/png")


def submitted(browser: Client) -> Application:
    """A certificate of residence that the person of the browser has submitted."""
    browser.post("/services/proof-of-residence/start")
    application = Application.objects.order_by("-created_at")[0]
    right = Answers()
    browser.post(f"/applications/{application.pk}/questions/home", right.home | {"on": "1"})
    browser.post(f"/applications/{application.pk}/questions/use", right.use | {"on": "1"})
    browser.post(f"/applications/{application.pk}/documents/deed", {"file": picture()})
    browser.post(f"/applications/{application.pk}/review")
    application.refresh_from_db()
    return application
