"""What every page has: two languages, sizes of text, and errors in words."""

import json

import pytest
from django.test import Client
from pytest_django import Settings

from tests import applicants

pytestmark = pytest.mark.django_db


def test_arabic_comes_first_whatever_the_browser_prefers(open_town: None) -> None:
    page = Client().get("/", headers={"Accept-Language": "en"}).content.decode()
    assert '<html lang="ar" dir="rtl"' in page
    assert "ماذا تريد أن تنجز؟" in page


def test_one_click_shows_the_same_page_in_english(open_town: None) -> None:
    browser = Client()
    answer = browser.post("/language", {"language": "en", "next": "/services/proof-of-residence"})
    assert answer["Location"] == "/services/proof-of-residence"
    assert '<html lang="en" dir="ltr"' in browser.get(answer["Location"]).content.decode()


def test_notices_follow_the_language_last_read(open_town: None) -> None:
    layla = applicants.layla()
    applicants.signed_in(layla).post("/language", {"language": "en", "next": "/"})
    layla.refresh_from_db()
    assert layla.language == "en"


def test_a_language_switch_leads_nowhere_else(open_town: None) -> None:
    answer = Client().post("/language", {"language": "en", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


def test_the_text_grows_and_shrinks_without_a_script(open_town: None) -> None:
    browser = Client()
    for step, size in (("larger", "large"), ("larger", "larger"), ("larger", "larger"), ("smaller", "large")):
        browser.post("/text-size", {"text": step, "next": "/"})
        assert f'data-text="{size}"' in browser.get("/").content.decode()


@pytest.mark.parametrize("words", ["اثبات السكن", "إثبات سكن", "residence", "RENT"])
def test_a_service_is_found_by_the_words_people_use(open_town: None, words: str) -> None:
    page = Client().get("/", {"q": words}).content.decode()
    assert "/services/proof-of-residence" in page
    assert "/services/road-works-licence" not in page


def test_a_search_without_result_says_what_to_do(open_town: None) -> None:
    assert "لا تُقدَّم إلكترونيًا بعد" in Client().get("/", {"q": "zzz"}).content.decode()


def test_what_is_not_there_is_said_in_words(open_town: None) -> None:
    answer = Client().get("/nowhere")
    assert answer.status_code == 404
    assert "لا توجد صفحة بهذا العنوان" in answer.content.decode()


def test_a_caller_who_asks_for_json_gets_a_problem_document(open_town: None) -> None:
    answer = Client().get("/nowhere", headers={"Accept": "application/json"})
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["type"] == "urn:rukhsa:problem:not-found"


def test_a_form_left_open_too_long_is_refused_calmly_and_loses_nothing(open_town: None) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["rukhsa-language"] = "en"
    answer = browser.post("/language", {"language": "en", "note": "two words"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Your session timed out." in page
    assert "two words" in page


def test_no_page_lets_a_foreign_script_or_an_inline_one_run(open_town: None) -> None:
    policy = Client().get("/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy


def test_a_territory_of_one_language_has_no_switch(open_town: None, settings: Settings) -> None:
    settings.LANGUAGES, settings.LANGUAGE_CODE = [("en", "English")], "en"
    page = Client().get("/").content.decode()
    assert '<html lang="en" dir="ltr"' in page
    assert 'action="/language"' not in page
