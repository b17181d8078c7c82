"""Files have a budget a minute for who sends them on every page that takes them: over it nothing is opened or lost."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from rukhsa import reader
from rukhsa.applications.models import Application
from rukhsa.batches.models import Batch
from rukhsa.consents.models import Consent
from rukhsa.correspondence.conversation import Message
from rukhsa.project import settings_public
from rukhsa.reader import spending
from rukhsa.reader.task import TASKS
from rukhsa.verification import rate
from rukhsa.verification.models import AskedCount
from rukhsa.web.file_budget import ByPerson, ByQuestion
from tests import applicants
from tests.rooms.reader import bombs
from tests.web.portal import test_batches, test_deeds

pytestmark = pytest.mark.django_db
AGAIN = "Send it again in a minute"


@pytest.fixture
def one_file_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rate.A_MINUTE, "upload", 1)


def assert_comes_again(refused: HttpResponse) -> None:
    """The answer to a file that is refused for now alone."""
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
    assert AGAIN in refused.text


def test_files_of_messages_count_and_the_text_of_one_that_is_refused_stays(
    browser: Client, complete: Application, one_file_a_minute: None
) -> None:
    browser.post(f"/applications/{complete.pk}/review")
    AskedCount.objects.all().delete()
    page = reverse("portal:messages", args=[complete.pk])
    assert browser.post(page, {"text": "one", "files": applicants.picture()}).status_code == 302
    refused = browser.post(page, {"text": "the second", "files": applicants.picture("two.png")})
    assert_comes_again(refused)
    assert "the second" in refused.text
    assert [each.text for each in Message.objects.all()] == ["one"]


def test_deeds_count_together_with_everything_else_that_a_person_sends(
    open_town: None, one_file_a_minute: None
) -> None:
    browser = applicants.signed_in(applicants.layla())
    assert test_deeds.send(browser).status_code == 302
    assert_comes_again(test_deeds.send(browser))
    assert_comes_again(test_batches.send(browser, test_batches.sheet(test_batches.row(1))))
    assert (Consent.objects.count(), Batch.objects.count()) == (1, 0)
    other = applicants.signed_in(applicants.neighbour())
    assert test_deeds.send(other).status_code == 302, "another person has a budget of their own"


def test_a_spreadsheet_counts_with_each_of_its_files(open_town: None) -> None:
    browser = applicants.signed_in(applicants.layla())
    assert test_batches.send(browser, test_batches.sheet(test_batches.row(1))).status_code == 302
    assert AskedCount.objects.get(what="upload").count == 2


def test_a_file_that_was_refused_counts_though_what_its_page_did_was_rolled_back(
    browser: Client, answered: Application
) -> None:
    bomb = SimpleUploadedFile("bomb.pdf", bombs.deep_page_tree())
    page = f"/applications/{answered.pk}/documents/deed"
    assert browser.post(page, {"file": bomb}).status_code == 422
    assert AskedCount.objects.get(what="upload").count >= 1


@pytest.mark.parametrize(("seconds", "count"), [(0.0, 1), (0.9, 1), (2.4, 3)])
def test_a_file_that_keeps_a_processor_busy_counts_once_more_for_each_second(
    seconds: float, count: int
) -> None:
    def asked(request: HttpRequest) -> HttpResponse:
        spending.open_one(TASKS["check-file"])
        spending.pay(seconds)
        return HttpResponse()

    ByPerson(asked)(RequestFactory().post("/", REMOTE_ADDR="192.0.2.7"))
    assert rate.asked("192.0.2.7", "upload", at=timezone.now()) == count


def test_what_a_child_took_is_paid_also_where_it_refused_its_file() -> None:
    with reader.spent_within() as cost, pytest.raises(reader.Refused):
        reader.ask("check-file", bombs.deep_page_tree(), accept=["pdf"])
    assert cost.seconds > 0


def test_every_request_of_portal_and_verifier_has_a_budget(settings: Settings) -> None:
    assert settings.MIDDLEWARE[-1] == "rukhsa.web.file_budget.ByPerson"
    assert settings_public.MIDDLEWARE[-1] == "rukhsa.web.file_budget.ByQuestion"


@pytest.mark.parametrize("task", sorted(TASKS))
def test_a_door_of_the_verifier_that_counts_nothing_opens_nothing(task: str) -> None:
    def forgetful(request: HttpRequest) -> HttpResponse:
        reader.ask(task, b"a file")
        return HttpResponse()

    with pytest.raises(RuntimeError, match="count the question first"):
        ByQuestion(forgetful)(RequestFactory().post("/"))


def test_a_door_that_counts_opens_its_file_and_a_stranger_of_the_portal_pays_by_address() -> None:
    def asked(request: HttpRequest) -> HttpResponse:
        with pytest.raises(reader.Refused):
            reader.ask("check-file", b"a file", accept=["pdf"])
        return HttpResponse()

    def counted(request: HttpRequest) -> HttpResponse:
        with rate.count_cost("192.0.2.1", "file", at=timezone.now()):
            return asked(request)

    ByQuestion(counted)(RequestFactory().post("/"))
    assert AskedCount.objects.get().what == "file"
    ByPerson(asked)(RequestFactory().post("/", REMOTE_ADDR="192.0.2.7"))
    assert rate.asked("192.0.2.7", "upload", at=timezone.now()) == 1
