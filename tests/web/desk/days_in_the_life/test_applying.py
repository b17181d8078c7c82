"""The day of an applicant."""

import pytest
from django.test import Client

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.correspondence.models import Message
from tests.web.desk.days_in_the_life.day import Day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def known_to_ekey(day: Day, person: Person) -> None:
    """Signed in as after the page of eKey, whose own journey is in tests/browser."""
    client = Client()
    client.force_login(person)
    session = client.cookies["rukhsa-session"].value
    day.page.context.add_cookies([{"name": "rukhsa-session", "value": session, "url": day.server}])


def test_the_applicant_asks_the_authority_a_question(day: Day, application: Application) -> None:
    known_to_ekey(day, application.applicant)
    day.open("/applications")
    day.go(f"main a[href*='{application.pk}']")
    day.go(f"main a[href$='{application.pk}/messages']")
    day.write("main textarea[name=text]", "متى موعد المعاينة؟")
    day.go("main form:has(textarea[name=text]) button:not([type=button])")
    assert Message.objects.get().text == "متى موعد المعاينة؟"
    day.sign_out()
