"""The status of an application by its number and code, without sign-in and without anything personal."""

import pytest
from django.core import mail
from django.test import Client

from rukhsa.applications.models import Application, StatusCode
from rukhsa.delivery.models import Notice
from rukhsa.delivery.notice import send_notice
from rukhsa.journey import advance
from rukhsa.verification import rate

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted(browser: Client, complete: Application) -> Application:
    browser.post(f"/applications/{complete.pk}/review")
    complete.refresh_from_db()
    return complete


def ask(reference: str, code: str) -> tuple[int, str]:
    """What a stranger's browser is answered."""
    stranger = Client()
    stranger.cookies["rukhsa-language"] = "en"
    answer = stranger.post("/status", {"reference": reference, "code": code})
    assert answer["Cache-Control"].count("no-store")
    return answer.status_code, answer.content.decode()


def test_the_code_is_on_the_page_after_submission_and_in_the_mail(
    browser: Client, submitted: Application
) -> None:
    code = StatusCode.objects.get().code
    assert code in browser.get(f"/applications/{submitted.pk}/?submitted=1").content.decode()
    advance(submitted.pk, at=submitted.saved_at)
    told = Notice.objects.get(event="submitted", channel="mail")
    send_notice(notice=str(told.pk))
    assert code in mail.outbox[0].body
    assert code not in str(told.facts)


def test_number_and_code_show_whose_turn_it_is_and_nothing_personal(submitted: Application) -> None:
    code = StatusCode.objects.get().code
    status, page = ask(submitted.reference.lower(), code.lower().replace("-", " ").replace("0", "o"))  # type: ignore[union-attr]
    assert status == 200
    assert 'data-turn="authority"' in page
    assert submitted.reference in page
    for personal in ("Layla", "ليلى", "1705", "850412345"):
        assert personal not in page


def test_a_wrong_code_and_an_absent_number_are_answered_alike(submitted: Application) -> None:
    reference = submitted.reference or ""
    wrong = ask(reference, "0000-0000")
    absent = ask("CAP-2020-000001-0", StatusCode.objects.get().code)
    assert wrong[0] == absent[0] == 404
    same = "No application has this number with this code."
    assert same in wrong[1]
    assert same in absent[1]
    assert 'value="0000-0000"' in wrong[1]


def test_guesses_at_one_application_are_limited_from_everywhere_together(
    submitted: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rate.A_MINUTE, "status", 3)
    stranger = Client()
    for number in range(3):
        guess = {"reference": submitted.reference, "code": "0000-0000"}
        answer = stranger.post("/status", guess, REMOTE_ADDR=f"192.0.2.{number}")
        assert answer.status_code == 404
    right = {"reference": submitted.reference, "code": StatusCode.objects.get().code}
    assert stranger.post("/status", right, REMOTE_ADDR="192.0.2.9").status_code == 429
