"""Setting up a second factor asks for no password again, and recovery codes lead on to the desk."""

from datetime import datetime

from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from rukhsa.accounts.models import Person
from rukhsa.staff.letter import Letter
from tests.rooms.staff.conftest import SignedIn, invited, link_of, named

GOOD = "four words nobody knows"
PAGES = ("/desk/proofs/code", "/desk/proofs/passkeys/add")


def by_link(moment: datetime) -> Client:
    """A browser in which Sara opened her link a moment ago and chose a password."""
    browser = Client(headers={"accept": "text/html", "user-agent": "Firefox"})
    browser.cookies["rukhsa-language"] = "en"
    assert browser.post(link_of(invited(moment)), {"password": GOOD}).status_code == 302
    return browser


def test_who_has_just_chosen_a_password_sets_up_either_factor_without_it_again(
    town: list[Person], moment: datetime
) -> None:
    browser = by_link(moment)
    assert [browser.get(page).status_code for page in PAGES] == [200, 200]


def test_recovery_codes_are_shown_once_made_and_lead_to_the_desk(signed_in: SignedIn) -> None:
    browser = signed_in("salem")
    made = "/desk/proofs/recovery/new"
    page = browser.get(made).content.decode()
    assert "Create recovery codes" in page
    assert 'href="/desk/proofs/"' in page
    shown = browser.post(made, follow=True).content.decode()
    assert shown.count('class="code"') == 10
    for onward in ("/desk/", "/desk/proofs/recovery/file", made, "/desk/proofs/"):
        assert f'href="{onward}"' in shown
    browser.cookies["rukhsa-language"] = "ar"
    arabic = browser.get("/desk/proofs/recovery").content.decode()
    assert "رموز الاسترداد" in arabic
    assert "Recovery" not in arabic.partition("<main")[2].partition("</main>")[0]


def test_new_recovery_codes_end_the_other_sessions_and_are_told_by_mail(
    signed_in: SignedIn, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    here, elsewhere = signed_in("salem"), signed_in("salem")
    for _again in range(2):
        assert elsewhere.get("/desk/queue/").status_code == 200
        with django_capture_on_commit_callbacks(execute=True):
            assert here.post("/desk/proofs/recovery/new").status_code == 302
        assert elsewhere.get("/desk/queue/").status_code == 302
        assert here.get("/desk/queue/").status_code == 200
        elsewhere = signed_in("salem")
    assert Letter.objects.filter(person=named("salem"), kind="recovery-codes").count() == 2
