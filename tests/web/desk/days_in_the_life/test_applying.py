"""The days of those who apply: the applicant, and the agent who acts for a company."""

import pytest
from django.test import Client

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.correspondence.models import Message
from tests import applicants
from tests.web.desk.days_in_the_life.persons_day import Day

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


def test_the_agent_begins_an_application_for_a_company(day: Day, transactional_db: None) -> None:
    applicants.open_town()
    known_to_ekey(day, applicants.layla(kind="investor", companies=[applicants.GULF]))
    day.open("/capacity")
    day.choose("[name=company]")
    day.page.keyboard.press("ArrowDown")  # from oneself to the company
    day.go("main form button")
    day.open("/services/road-works-licence")
    day.go("form[action$='/start'] button")
    assert Application.objects.get().company is not None
    day.sign_out()
