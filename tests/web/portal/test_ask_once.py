"""What is known is not asked: eKey's claims, earlier answers, earlier files, and a whole earlier application."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application, Step
from tests import applicants

pytestmark = pytest.mark.django_db


def begun(browser: Client, service: str) -> Application:
    """A new draft of a service."""
    browser.post(f"/services/{service}/start")
    return Application.objects.order_by("-created_at")[0]


def offers_in(page: str) -> list[str]:
    """The values of the buttons that choose an earlier answer."""
    return [part.partition('"')[0] for part in page.split('name="use" value="')[1:]]


def test_an_address_used_before_is_chosen_by_a_press(browser: Client) -> None:
    before = applicants.submitted(browser)
    draft = begun(browser, "refuse-bags")
    page = f"/applications/{draft.pk}/questions/home"
    shown = browser.get(page).content.decode()
    (offer,) = offers_in(shown)
    assert offer == f"home:{before.pk}.home"
    assert "Proof-of-residence certificate" in shown
    filled = browser.post(page, {"home.block": "", "use": offer}).content.decode()
    assert 'name="home.road" value="1705"' in filled
    draft.refresh_from_db()
    assert draft.answers["home"] == before.answers["home"]


@pytest.mark.parametrize("whose", ["another's", "none"])
def test_an_answer_of_another_person_is_neither_offered_nor_chosen(browser: Client, whose: str) -> None:
    before = applicants.submitted(browser)
    stranger = applicants.signed_in(applicants.neighbour())
    draft = begun(stranger, "refuse-bags")
    page = f"/applications/{draft.pk}/questions/home"
    assert offers_in(stranger.get(page).content.decode()) == []
    stranger.post(page, {"use": f"home:{before.pk}.home" if whose == "another's" else "home:x.y"})
    draft.refresh_from_db()
    assert "home" not in draft.answers


def test_an_earlier_file_is_offered_where_it_fits_and_is_the_same_stored_file(browser: Client) -> None:
    before = applicants.submitted(browser)
    draft = begun(browser, "proof-of-residence")
    right = applicants.Answers()
    browser.post(f"/applications/{draft.pk}/questions/home", right.home | right.use | {"on": "1"})
    earlier = before.attachments.get()
    add = f"/applications/{draft.pk}/documents/owner-identity/earlier"
    assert f'value="{earlier.pk}"' in browser.get(f"/applications/{draft.pk}/documents").content.decode()
    assert browser.post(add, {"file": str(earlier.pk)}).status_code == 302
    assert draft.attachments.get().digest == earlier.digest
    assert f'value="{earlier.pk}"' not in browser.get(f"/applications/{draft.pk}/documents").content.decode()
    for no_file in ("", "x", str(draft.pk)):
        assert browser.post(add, {"file": no_file}).status_code == 404


def test_a_file_of_another_person_cannot_be_taken(browser: Client) -> None:
    earlier = applicants.submitted(browser).attachments.get()
    stranger = applicants.signed_in(applicants.neighbour())
    draft = begun(stranger, "proof-of-residence")
    add = f"/applications/{draft.pk}/documents/owner-identity/earlier"
    assert stranger.post(add, {"file": str(earlier.pk)}).status_code == 404
    assert not draft.attachments.exists()


def test_an_earlier_file_is_checked_by_the_limits_of_today(browser: Client) -> None:
    earlier = applicants.submitted(browser).attachments.get()
    draft = begun(browser, "proof-of-residence")
    browser.post(f"/applications/{draft.pk}/questions/home", applicants.Answers().home)
    for name in ("one.png", "two.png"):  # at most two are taken
        picture = applicants.picture(name)
        picture = applicants.SimpleUploadedFile(
            name, picture.read() + name.encode(), content_type="image/png"
        )
        browser.post(f"/applications/{draft.pk}/documents/owner-identity", {"file": picture})
    assert draft.attachments.count() == 2
    answer = browser.post(
        f"/applications/{draft.pk}/documents/owner-identity/earlier", {"file": str(earlier.pk)}
    )
    assert answer.status_code == 422
    assert draft.attachments.count() == 2


def test_who_applied_before_begins_with_everything_given_then(browser: Client) -> None:
    before = applicants.submitted(browser)
    service = browser.get("/services/proof-of-residence").content.decode()
    assert f'name="like" value="{before.pk}"' in service
    answer = browser.post("/services/proof-of-residence/start", {"like": str(before.pk)})
    new = Application.objects.exclude(pk=before.pk).get()
    assert answer["Location"] == f"/applications/{new.pk}/review"
    assert (new.answers, new.typed) == (before.answers, before.typed)
    assert new.attachments.get().digest == before.attachments.get().digest
    assert "Submit the application" in browser.get(answer["Location"]).content.decode()


def test_nobody_begins_with_the_application_of_another(browser: Client) -> None:
    before = applicants.submitted(browser)
    stranger = applicants.signed_in(applicants.neighbour())
    assert 'name="like"' not in stranger.get("/services/proof-of-residence").content.decode()
    stranger.post("/services/proof-of-residence/start", {"like": str(before.pk)})
    assert Application.objects.count() == 1


def known_phone(monkeypatch: Any, person: Person) -> Client:
    """A browser of a person."""
    return applicants.signed_in(person)


def test_the_source_of_what_ekey_told_is_kept_with_the_answers(browser: Client) -> None:
    before = applicants.submitted(browser)
    content = Step.objects.get(application=before, act="submit").content
    assert content["known"] == {}
    assert timezone.now() >= before.applicant.told_at
