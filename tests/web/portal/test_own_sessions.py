"""An applicant sees where they are signed in, and signs out there after a sign-in of the last minutes."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone, translation

from rukhsa.accounts.models import Person
from rukhsa.audit.journal import JournalEntry
from rukhsa.web.templatetags.sessions import device
from tests import applicants

pytestmark = pytest.mark.django_db
PAGE = "/own/sessions"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)


def seen_as(browser: Client, described: str) -> UserSession:
    """The session of a browser, which says this of itself."""
    UserSession.objects.filter(session_key=browser.session.session_key).update(user_agent=described)
    return UserSession.objects.get(session_key=browser.session.session_key)


def is_in(browser: Client) -> bool:
    return browser.get("/applications/").status_code == 200


@pytest.fixture
def person(open_town: None) -> Person:
    return applicants.layla()


@pytest.fixture
def here(person: Person) -> Client:
    return applicants.proved(applicants.signed_in(person))


@pytest.fixture
def there(person: Person) -> Client:
    return applicants.signed_in(person)


def test_a_person_sees_where_they_are_signed_in(here: Client, there: Client) -> None:
    seen_as(there, PHONE)
    page = here.get(PAGE).content.decode()
    assert page.count("Last used") == 2
    assert "iPhone \u00b7 \u2068Safari\u2069" in page
    assert page.count("This device") == page.count("Sign out there") == 1
    assert f'href="{PAGE}"' in here.get("/details").content.decode()


def test_one_session_ends_and_the_others_stay(here: Client, there: Client, person: Person) -> None:
    third = applicants.signed_in(person)
    lost = seen_as(there, PHONE)
    assert here.post(f"{PAGE}/{lost.pk}/end")["Location"] == PAGE
    assert [is_in(each) for each in (here, there, third)] == [True, False, True]
    entry = JournalEntry.objects.get(act="end-session")
    assert (entry.actor, entry.detail["why"]) == (person.pk, "by-yourself")
    assert entry.is_security


def test_all_others_end_and_this_one_stays(here: Client, there: Client, person: Person) -> None:
    third = applicants.signed_in(person)
    assert here.post(f"{PAGE}/end-others")["Location"] == PAGE
    assert [is_in(each) for each in (here, there, third)] == [True, False, False]
    page = here.get(PAGE).content.decode()
    assert "Sign out everywhere else" not in page


@pytest.mark.parametrize("by_one", [True, False])
def test_who_signed_in_longer_ago_signs_in_again_first(here: Client, there: Client, by_one: bool) -> None:
    """So that who finds an open telephone cannot shut its owner out."""
    applicants.proved(here, at=timezone.now() - timedelta(minutes=6))
    lost = seen_as(there, PHONE)
    address = f"{PAGE}/{lost.pk}/end" if by_one else f"{PAGE}/end-others"
    asked = here.post(address, headers={"referer": f"http://testserver{PAGE}"})
    assert asked["Location"] == "/sign-in/again?next=%2Fown%2Fsessions"
    assert is_in(there)


def test_no_one_ends_the_session_of_another(here: Client, there: Client) -> None:
    other = applicants.proved(applicants.signed_in(applicants.neighbour()))
    theirs = seen_as(there, PHONE)
    assert other.post(f"{PAGE}/{theirs.pk}/end").status_code == 302
    assert is_in(there)
    assert "iPhone" not in other.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("described", "words"),
    [
        (PHONE, "iPhone \u00b7 Safari"),
        (f"{PHONE} CriOS/130.0", "iPhone \u00b7 Chrome"),
        (
            "Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/130.0 Mobile Safari/537.36",
            "Android phone \u00b7 Chrome",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15; SM-X700) Chrome/130.0 Safari/537.36",
            "Android tablet \u00b7 Chrome",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/130.0 Safari/537.36 Edg/130.0",
            "Windows computer \u00b7 Edge",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Firefox/132.0", "Linux computer \u00b7 Firefox"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18.1 Safari/605", "Mac \u00b7 Safari"),
        ("<script>", "Device of another kind"),
        ("", "Device of another kind"),
    ],
)
def test_a_device_is_told_in_words(described: str, words: str) -> None:
    with translation.override("en"):
        told = str(device(described))
    assert told.replace("\u2068", "").replace("\u2069", "") == words
