"""What was typed is kept when the session is over, when the page is too old, and when two pages show one draft."""

import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.web import interrupted
from tests import applicants

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
AS_HTMX = {"HX-Request": "true"}


def page(draft: Application) -> str:
    return f"/applications/{draft.pk}/questions/home"


def hidden(response: HttpResponse) -> dict[str, str]:
    """The hidden fields of a page of questions: which page it is, and what its fields showed."""
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', response.content.decode())
    return {name: value for name, value in found if name == "page" or name.startswith("was.")}


def typed_in(browser: Client, draft: Application) -> dict[str, str]:
    """The form as the page shows it, before anything is typed."""
    return {"home.building": "", "home.road": "", **hidden(browser.get(page(draft)))}


def stored(draft: Application) -> dict[str, str]:
    draft.refresh_from_db()
    found: dict[str, str] = draft.typed.get("home", {})
    return found


# The session is over.


def test_a_form_that_comes_after_the_session_ended_is_saved_once_its_owner_signs_in(
    browser: Client, draft: Application, layla: Person
) -> None:
    form = typed_in(browser, draft) | {"home.building": "77", "on": "1"}
    del browser.cookies["rukhsa-session"]
    asked = browser.post(page(draft), form)
    assert asked["Location"] == f"/sign-in?next={page(draft)}"
    assert stored(draft) == {}
    browser.force_login(layla, backend=BACKEND)
    shown = browser.get(page(draft))
    assert "You are signed in again" in shown.content.decode()
    assert stored(draft)["building"] == "77"
    assert "You are signed in again" not in browser.get(page(draft)).content.decode()


def test_another_person_on_the_same_device_neither_sees_nor_saves_it(
    browser: Client, draft: Application, layla: Person
) -> None:
    form = typed_in(browser, draft) | {"home.building": "77"}
    del browser.cookies["rukhsa-session"]
    browser.post(page(draft), form)
    browser.force_login(applicants.neighbour(), backend=BACKEND)
    assert "interrupted" not in browser.session
    assert browser.get(page(draft)).status_code == 404
    browser.force_login(layla, backend=BACKEND)
    browser.get(page(draft))
    assert stored(draft) == {}


def test_without_the_check_at_sign_in_the_other_person_would_carry_it(
    browser: Client, draft: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control; the draft itself stays closed to the other person."""
    monkeypatch.setattr(interrupted, "may_open", lambda *_: True)
    del browser.cookies["rukhsa-session"]
    browser.post(page(draft), {"home.building": "77"})
    browser.force_login(applicants.neighbour(), backend=BACKEND)
    assert "interrupted" in browser.session
    assert browser.get(page(draft)).status_code == 404
    assert stored(draft) == {}


def test_what_is_kept_for_sign_in_is_kept_for_an_hour(
    browser: Client, draft: Application, layla: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    del browser.cookies["rukhsa-session"]
    browser.post(page(draft), {"home.building": "77"})
    monkeypatch.setattr(interrupted, "LASTS", timedelta(0))
    browser.force_login(layla, backend=BACKEND)
    browser.get(page(draft))
    assert stored(draft) == {}


def test_of_a_stranger_only_a_form_of_an_open_draft_is_kept(draft: Application) -> None:
    stranger = Client()
    stranger.post(page(draft).replace(str(draft.pk), "00000000-0000-4000-8000-000000000000"), {"a": "b"})
    stranger.post(page(draft), {"home.building": "7" * (interrupted.LONGEST + 1)})
    assert "interrupted" not in stranger.session
    stranger.post(page(draft), {"home.building": "7"})
    assert "interrupted" in stranger.session


def test_a_forged_form_is_not_kept(draft: Application) -> None:
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.post(page(draft), {"home.building": "77"}).status_code == 403
    assert "interrupted" not in stranger.session


def test_a_part_of_a_page_is_never_replaced_by_the_page_for_signing_in(
    browser: Client, draft: Application
) -> None:
    del browser.cookies["rukhsa-session"]
    here = {"HX-Current-URL": f"http://testserver/applications/{draft.pk}/documents"}
    answer = browser.post(f"/applications/{draft.pk}/documents/deed", headers=AS_HTMX | here)
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == f"/sign-in?next=/applications/{draft.pk}/documents"
    elsewhere = {"HX-Current-URL": "https://elsewhere.example/a"}
    answer = browser.post(f"/applications/{draft.pk}/documents/deed", headers=AS_HTMX | elsewhere)
    assert "elsewhere" not in answer["HX-Redirect"]


# The page is too old.


def test_a_page_that_is_too_old_is_saved_with_one_press(
    layla: Person, draft: Application, settings: Settings
) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(layla, backend=BACKEND)
    here = {"Origin": "http://testserver"}
    refused = browser.post(page(draft), {"home.building": "77", "on": "1"}, headers=here)
    assert refused.status_code == 403
    shown = refused.content.decode()
    assert 'name="home.building" value="77"' in shown
    (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown))
    again = {"home.building": "77", "stay": "1", "csrfmiddlewaretoken": token}
    assert browser.post(page(draft), again, headers=here).status_code == 200
    assert stored(draft)["building"] == "77"


def test_what_another_site_sends_is_not_offered_to_be_saved(layla: Person, draft: Application) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(layla, backend=BACKEND)
    for origin in ({"Origin": "https://elsewhere.example"}, {}):
        refused = browser.post(page(draft), {"home.building": "77"}, headers=origin)
        assert refused.status_code == 403
        assert 'name="home.building"' not in refused.content.decode()
        assert "77" in refused.content.decode()  # it is shown, to be copied


# Two pages show one draft.


def test_two_pages_are_put_together_field_by_field(browser: Client, draft: Application) -> None:
    one, two = typed_in(browser, draft), typed_in(browser, draft)
    browser.post(page(draft), one | {"home.building": "77"}, headers=AS_HTMX)
    told = browser.post(page(draft), two | {"home.road": "3402"}, headers=AS_HTMX).content.decode()
    assert (stored(draft)["building"], stored(draft)["road"]) == ("77", "3402")
    assert 'name="told" value="home.building"' in told
    assert 'name="home.building" value="77"' in told


def test_without_what_each_field_showed_the_second_page_empties_the_first(
    browser: Client, draft: Application
) -> None:
    """The negative control: what the page did before."""
    browser.post(page(draft), {"home.building": "77", "home.road": ""}, headers=AS_HTMX)
    browser.post(page(draft), {"home.building": "", "home.road": "3402"}, headers=AS_HTMX)
    assert stored(draft)["building"] == ""


def test_a_field_that_both_changed_waits_for_a_choice(browser: Client, draft: Application) -> None:
    one, two = typed_in(browser, draft), typed_in(browser, draft)
    browser.post(page(draft), one | {"home.building": "77"}, headers=AS_HTMX)
    later = two | {"home.building": "88"}
    told = browser.post(page(draft), later, headers=AS_HTMX).content.decode()
    assert 'name="mine" value="home.building"' in told
    assert 'name="home.building" value="88"' in told, "what was typed here stays in the field"
    assert stored(draft)["building"] == "77", "and what was typed there stays in the draft"
    assert browser.post(page(draft), later | {"on": "1"}).status_code == 422
    assert stored(draft)["building"] == "77"
    browser.post(page(draft), later | {"mine": "home.building"})
    assert stored(draft)["building"] == "88"


def test_the_other_page_may_be_chosen(browser: Client, draft: Application) -> None:
    one, two = typed_in(browser, draft), typed_in(browser, draft)
    browser.post(page(draft), one | {"home.building": "77"}, headers=AS_HTMX)
    chosen = browser.post(page(draft), two | {"home.building": "88", "theirs": "home.building"})
    assert 'name="home.building" value="77"' in chosen.content.decode()
    assert stored(draft)["building"] == "77"


def test_a_page_that_missed_an_answer_of_the_server_does_not_clash_with_itself(
    browser: Client, draft: Application
) -> None:
    form = typed_in(browser, draft)
    browser.post(page(draft), form | {"home.building": "7"}, headers=AS_HTMX)
    told = browser.post(page(draft), form | {"home.building": "77"}, headers=AS_HTMX).content.decode()
    assert 'name="mine"' not in told
    assert stored(draft)["building"] == "77"


# What was wrong is right.


def test_the_summary_and_the_title_lose_an_error_that_was_corrected(
    browser: Client, draft: Application
) -> None:
    wrong = applicants.Answers().home | {"home.block": "block", "on": "1"}
    refused = browser.post(page(draft), wrong).content.decode()
    assert "<title>Error: " in refused
    assert 'name="wrong" value="home"' in refused
    still = browser.post(page(draft), wrong | {"wrong": "home"}, headers=AS_HTMX).content.decode()
    assert "<title>Error: " in still
    right = browser.post(page(draft), applicants.Answers().home | {"wrong": "home"}, headers=AS_HTMX)
    assert "Error: " not in right.content.decode()
    assert 'id="errors" hx-swap-oob' in right.content.decode()
    assert timezone.now() > draft.saved_at
