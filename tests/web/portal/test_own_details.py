"""The page of details shows what eKey told, when, and what of one's own applications is offered again."""

import pytest
from django.test import Client
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.values.writing import date_in_words
from tests import applicants

pytestmark = pytest.mark.django_db


def test_the_page_of_details_shows_what_ekey_told_and_when(open_town: None) -> None:
    person = applicants.layla(birthdate="1985-04-12", companies=[applicants.GULF])
    page = applicants.signed_in(person).get("/details").content.decode()
    today = date_in_words(timezone.localdate(), "en")
    for told in ("Layla Hasan", "ليلى حسن", "12 April 1985", "+97336000001", "layla@people.example", today):
        assert told in page
    assert "Gulf Contracting" in page


@pytest.mark.parametrize("withheld", [None, "", "0000-04-12", "1985"])
def test_a_birth_date_that_is_not_told_in_full_is_not_known(open_town: None, withheld: str | None) -> None:
    person = applicants.layla(birthdate=withheld, email="")
    assert person.birth_date is None
    page = applicants.signed_in(person).get("/details").content.decode()
    assert page.count("Not told") == 2
    assert "people.invalid" not in page


def test_places_used_before_come_from_ones_own_applications(browser: Client, complete: Application) -> None:
    assert "None yet" in browser.get("/details").content.decode()
    browser.post(f"/applications/{complete.pk}/review")
    page = browser.get("/details").content.decode()
    assert "1705" in page
    assert f"/applications/{complete.pk}/" in page
    stranger = applicants.signed_in(applicants.neighbour())
    assert "1705" not in stranger.get("/details").content.decode()


def test_the_language_of_pages_and_messages_is_chosen_in_the_page_of_details(
    browser: Client, layla: Person
) -> None:
    assert 'name="language" value="ar"' in browser.get("/details").content.decode()
    assert browser.post("/language", {"language": "ar", "next": "/details"})["Location"] == "/details"
    layla.refresh_from_db()
    assert layla.language == "ar"
