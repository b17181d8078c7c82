"""What was returned is submitted again with an answer; a service is begun once; what was sent stays visible."""

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.catalogue.models import Reason
from rukhsa.review.finding import Finding, Noted, return_to_applicant
from tests import applicants

pytestmark = pytest.mark.django_db


@pytest.fixture
def returned(browser: Client, complete: Application) -> Application:
    """Layla's application, returned because of the building."""
    browser.post(f"/applications/{complete.pk}/review")
    salem = applicants.acting(applicants.salem())
    return_to_applicant(complete, [("home", "The building does not exist.")], actor=salem, at=timezone.now())
    complete.refresh_from_db()
    return complete


def submit(browser: Client, application: Application, **form: str) -> tuple[int, str]:
    answer = browser.post(f"/applications/{application.pk}/review", form)
    application.refresh_from_db()
    return answer.status_code, answer.content.decode()


def timeline(browser: Client, application: Application) -> str:
    return browser.get(f"/applications/{application.pk}/").content.decode()


def test_nothing_is_submitted_again_unchanged_and_without_a_word(
    browser: Client, returned: Application
) -> None:
    status, page = submit(browser, returned)
    assert (status, returned.stage) == (422, Stage.RETURNED)
    assert "write why it stays as it is" in page
    assert f'name="reply.{Finding.objects.get().pk}"' in page


def test_a_change_of_what_was_asked_is_an_answer(browser: Client, returned: Application) -> None:
    changed = applicants.Answers().home | {"home.building": "124", "on": "1"}
    browser.post(f"/applications/{returned.pk}/questions/home", changed)
    status, _page = submit(browser, returned)
    assert (status, returned.stage) == (302, Stage.SUBMITTED)
    assert "Changed: What is the address of your home?." in timeline(browser, returned)


def test_a_change_of_something_else_is_none(browser: Client, returned: Application) -> None:
    browser.post(f"/applications/{returned.pk}/questions/use", {"purpose": "school", "on": "1"})
    assert submit(browser, returned)[0] == 422


def test_a_reply_in_words_is_an_answer_and_the_officer_reads_it(
    browser: Client, returned: Application
) -> None:
    reply = {f"reply.{Finding.objects.get().pk}": "It was built last year."}
    status, _page = submit(browser, returned, **reply)
    assert (status, returned.stage) == (302, Stage.SUBMITTED)
    told = timeline(browser, returned)
    assert "No changes were made." in told
    assert "It was built last year." in told
    desk = applicants.signed_in(applicants.salem())
    assert "It was built last year." in desk.get(f"/desk/applications/{returned.pk}/").content.decode()


def test_a_standard_finding_is_told_in_the_language_of_the_page_with_its_law(
    browser: Client, complete: Application
) -> None:
    browser.post(f"/applications/{complete.pk}/review")
    now = timezone.now()
    Reason.objects.create(
        code="other-home", number=1, uses=["return"], text_ar="عنوان آخر", text_en="Another address is on file.",
        basis_ar="قانون", basis_en="Law of addresses", at=now,
    )  # fmt: skip
    salem = applicants.acting(applicants.salem())
    return_to_applicant(complete, [Noted("home", "Road 12.", "other-home")], actor=salem, at=now)
    page = timeline(browser, complete)
    assert "Another address is on file.<br>Road 12." in page
    assert "Law of addresses" in page
    assert "Another address is on file." in submit(browser, complete)[1]
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar"
    assert "عنوان آخر" in timeline(browser, complete)


def test_what_was_sent_stays_visible(browser: Client, complete: Application) -> None:
    browser.post(f"/applications/{complete.pk}/review")
    page = browser.get(f"/applications/{complete.pk}/").content.decode()
    file = complete.attachments.get()
    assert f'href="/files/{file.pk}"' in page
    assert file.name in page


def test_a_service_is_begun_once_unless_another_is_asked_for(browser: Client, draft: Application) -> None:
    page = browser.get("/services/proof-of-residence").content.decode()
    assert "You have a draft of this" in page
    assert f'href="/applications/{draft.pk}/"' in page
    again = browser.post("/services/proof-of-residence/start")
    assert again["Location"] == f"/applications/{draft.pk}/"
    assert Application.objects.count() == 1
    browser.post("/services/proof-of-residence/start", {"another": "1"})
    assert Application.objects.count() == 2


def test_a_draft_of_another_service_is_not_offered(browser: Client, draft: Application) -> None:
    assert "You have a draft of this" not in browser.get("/services/road-works-licence").content.decode()


def test_an_optional_part_is_not_marked_and_the_error_leads_to_the_first_that_is_missing(
    browser: Client, draft: Application
) -> None:
    page = browser.post(
        f"/applications/{draft.pk}/questions/home", {"asked.home": "1", "asked.tenure": "1", "on": "1"}
    ).content.decode()
    flat = page[page.index('id="q-home-flat"') :].partition(">")[0]
    assert "aria-invalid" not in flat
    assert 'href="#q-home-building"' in page
    assert "Enter the numbers of the building, the road and the block." in page
    assert "Choose one option from the list." in page
