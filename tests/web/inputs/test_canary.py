"""A name, a number, a telephone number and an account that appear in no log, no address and no public file."""

import logging
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from rukhsa import applying
from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import actor_for
from rukhsa.payments.collection import collect
from tests import town as people
from tests.town import Town
from tests.web.inputs.conftest import Browser
from tests.web.inputs.nasty import fine

pytestmark = pytest.mark.django_db

NAME, NUMBER, PHONE, IBAN = "كناريا الصفراء", "870654321", "36778899", "BH79BMAG00009876543210"
CANARIES = (NAME, "Canary Yellowbird", NUMBER, PHONE, IBAN, "canary@people.example")


def test_personal_data_stand_in_no_log_no_address_and_no_public_file(
    town: Town, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    Person.objects.filter(pk=people.layla().pk).update(
        name_ar=NAME,
        name_en="Canary Yellowbird",
        personal_number=NUMBER,
        phone=f"+973{PHONE}",
        email="canary@people.example",
    )
    person = Person.objects.get(personal_number=NUMBER)
    client, addresses = browser(person), []
    application = play(town, person)
    for page in pages(application):
        response = client.get(page)
        addresses += [page, *addresses_in(fine(response))]
    wrong = client.post(
        reverse("portal:section", args=[application.pk, "contractor"]), {"iban": IBAN, "site-phone": PHONE}
    )
    fine(wrong, 409)
    salem = browser(Person.objects.get(email="salem@mun.example"))
    addresses += addresses_in(fine(salem.post("/desk/search", {"wanted": NAME})))
    addresses += addresses_in(fine(salem.get(reverse("desk:application", args=[application.pk]))))
    for canary in CANARIES:
        # procrastinate and our rooms log ids only; SQL is logged in a debugger only.
        assert canary not in "\n".join(said(caplog))
        assert not [address for address in addresses if canary in address]
    for file, content in public_files():
        assert not [canary for canary in CANARIES if canary.encode() in content], file


def test_the_canary_would_be_seen(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("rukhsa.web").warning("somebody called %s", NAME)
    assert NAME in "\n".join(said(caplog))
    assert addresses_in(f'<a href="/x?name={NAME}">') == [f"/x?name={NAME}"]


def play(town: Town, person: Person) -> Application:
    """Road works of the canary, from the draft to the document."""
    actor = actor_for(person, at=town.at)
    application = town.draft("road-works-licence", actor=actor, iban=IBAN, site_phone=PHONE)
    applying.submit(application, actor=actor, at=town.at)
    town.advance(application)
    town.grant(application)
    page = collect(people.charge_of(application), "sadad", actor=actor, addresses=people.NOWHERE, at=town.at)
    people.pay_at_kiosk(page)
    town.later(minutes=1)
    return town.advance(application)


def pages(application: Application) -> list[str]:
    """Every page that its applicant opens."""
    own = [
        reverse(f"portal:{page}", args=[application.pk])
        for page in ("application", "review", "document", "download")
    ]
    return ["/", "/applications/", *own]


def addresses_in(page: str) -> list[str]:
    """The links of a page and the files that it loads."""
    return re.findall(r'(?:href|src|action|hx-get|hx-post|content)="([^"]*)"', page)


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged, without the SQL that only DEBUG logs."""
    return [record.getMessage() for record in caplog.records if record.name != "django.db.backends"]


def public_files() -> Iterator[tuple[Path, bytes]]:
    """Every public file, also inflated."""
    for file in Path(settings.RUKHSA_PUBLIC).rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            yield file, content
            try:
                yield file, zlib.decompress(content)
            except zlib.error:
                continue
