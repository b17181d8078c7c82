"""The pages of a conversation: the applicant's, and what waits on the desk."""

import pytest
from django.test import Client
from django.urls import reverse

from rukhsa.applications.models import Application
from rukhsa.correspondence.conversation import Message, write_as_authority
from rukhsa.delivery.models import Notice
from rukhsa.journey import advance
from tests import applicants
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted(browser: Client, complete: Application) -> Application:
    """A certificate of residence that Layla has submitted."""
    browser.post(f"/applications/{complete.pk}/review")
    complete.refresh_from_db()
    return complete


def test_layla_writes_with_a_file_and_reads_the_answer(browser: Client, submitted: Application) -> None:
    page = reverse("portal:messages", args=[submitted.pk])
    assert "No messages yet." in browser.get(page).content.decode()
    sent = browser.post(page, {"text": "متى الموعد؟", "files": applicants.picture()}, follow=True)
    shown = sent.content.decode()
    assert "Your message was sent." in shown
    assert "متى الموعد؟" in shown
    file = Message.objects.get().enclosures.get()
    answer = browser.get(reverse("portal:enclosure", args=[file.pk]))
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    answered(submitted)
    assert "1 new message" in browser.get(f"/applications/{submitted.pk}/").content.decode()
    assert "1 new message" in browser.get("/applications/").content.decode()
    assert "صباح الأحد" in browser.get(page).content.decode()
    assert "new message" not in browser.get(f"/applications/{submitted.pk}/").content.decode()


def test_layla_is_told_of_an_answer_once_without_its_content(submitted: Application) -> None:
    answered(submitted)
    for _ in range(2):
        advance(submitted.pk, at=SUNDAY)
    told = Notice.objects.filter(event__startswith="message:")
    assert {notice.channel for notice in told} == {"sms", "mail"}
    assert "صباح" not in str([notice.facts for notice in told])


def test_a_message_that_is_not_sent_stays_with_its_files(browser: Client, submitted: Application) -> None:
    page = reverse("portal:messages", args=[submitted.pk])
    refused = browser.post(page, {"text": " ", "files": applicants.picture()})
    assert refused.status_code == 422
    shown = refused.content.decode()
    assert 'href="#message-text"' in shown
    assert "card.png" in shown
    kept = shown.partition('name="taken" value="')[2].partition('"')[0]
    browser.post(page, {"text": "نص", "taken": kept})
    assert Message.objects.get().enclosures.get().name == "card.png"
    lie = browser.post(page, {"text": "kept text", "files": applicants.picture("b.png"), "taken": "forged"})
    assert lie.status_code == 302
    assert Message.objects.count() == 2


def test_a_stranger_finds_no_conversation_and_no_file(browser: Client, submitted: Application) -> None:
    page = reverse("portal:messages", args=[submitted.pk])
    browser.post(page, {"text": "نص", "files": applicants.picture()})
    file = Message.objects.get().enclosures.get()
    other = applicants.signed_in(applicants.neighbour())
    assert other.get(page).status_code == 404
    assert other.post(page, {"text": "نص"}).status_code == 404
    assert other.get(reverse("portal:enclosure", args=[file.pk])).status_code == 404


def answered(application: Application) -> None:
    """Salem writes to Layla."""
    salem = applicants.acting(applicants.salem())
    if application.authority_id not in salem.authorities_where("correspondence:message:write"):  # type: ignore[arg-type]
        assert application.authority
        salem = works.act_as(
            works.staff("s@mun.example", "", "S", works.Role.OFFICER, at=application.authority)
        )
    write_as_authority(application, "صباح الأحد.", actor=salem, at=SUNDAY)
