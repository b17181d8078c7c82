"""Help, privacy, who looked, and feedback without a name."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.audit.models import JournalEntry
from rukhsa.feedback.feedback import About, Feedback, NothingSaid, give
from rukhsa.review.finding import Finding, return_to_applicant
from tests import applicants
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["/help", "/privacy", "/accessibility", "/feedback?page=/", "/status"])
def test_the_pages_at_the_foot_open_without_sign_in(open_town: None, page: str) -> None:
    stranger = Client()
    stranger.cookies["rukhsa-language"] = "en"
    shown = stranger.get(page).content.decode()
    assert 'href="/help"' in shown
    assert "Is there anything wrong with this page?" in shown


def test_help_on_an_application_names_the_number_to_give(browser: Client, submitted: Application) -> None:
    link = f"/help?about={submitted.pk}"
    assert link in browser.get(f"/applications/{submitted.pk}/").content.decode()
    assert (submitted.reference or "") in browser.get(link).content.decode()
    stranger = applicants.signed_in(applicants.neighbour())
    assert (submitted.reference or "") not in stranger.get(link).content.decode()


def test_a_rating_is_kept_by_service_and_authority_and_without_a_person(
    browser: Client, submitted: Application
) -> None:
    page = browser.get(f"/applications/{submitted.pk}/?submitted=1").content.decode()
    assert "How easy was this service?" in page
    browser.post(f"/applications/{submitted.pk}/rate/submitted", {"rating": "4", "text": ""})
    feedback = Feedback.objects.get()
    assert (feedback.service, feedback.rating) == ("proof-of-residence", 4)
    assert feedback.authority == submitted.authority
    kept = {field.name for field in Feedback._meta.fields}
    assert kept == {"id", "after", "service", "authority", "page", "rating", "text", "language", "at"}


def test_each_step_is_rated_by_its_name(browser: Client, submitted: Application) -> None:
    page = f"/applications/{submitted.pk}/"
    assert f"{page}rate/submitted" in browser.get(page).content.decode()
    findings, salem = [("deed", "Not readable.")], applicants.acting(applicants.salem())
    return_to_applicant(submitted, findings, actor=salem, at=timezone.now())
    reply = {f"reply.{Finding.objects.get().pk}": "The card is worn, and there is no other."}
    assert browser.post(f"{page}review", reply).status_code == 302
    assert f"{page}rate/corrected" in browser.get(page).content.decode()
    browser.post(f"{page}rate/corrected", {"rating": "2", "text": ""})
    assert Feedback.objects.get().after == "corrected"
    assert browser.post(f"{page}rate/page", {"rating": "2", "text": ""}).status_code == 404
    assert browser.post(f"{page}rate/other", {"rating": "2", "text": ""}).status_code == 404


def test_what_is_wrong_with_a_page_names_its_route_and_not_its_application(
    browser: Client, submitted: Application
) -> None:
    page = f"/applications/{submitted.pk}/"
    answer = browser.post("/feedback", {"page": page, "text": "The button does nothing."})
    assert answer["Location"] == page
    assert Feedback.objects.get().page == "portal:application"
    assert browser.post("/feedback", {"page": "https://evil.example/", "text": "x"})["Location"] == "/"
    assert browser.post("/feedback", {"page": page, "text": " "}).status_code == 422


def test_feedback_says_something_and_is_read_at_its_own_authority(open_town: None) -> None:
    with pytest.raises(NothingSaid):
        give(About(after=Feedback.After.PAGE), rating=None, text=" ", language="en", at=SUNDAY)
    about = About(after=Feedback.After.SUBMITTED, authority=works.authority())
    give(about, rating=2, text="", language="en", at=SUNDAY)
    give(about, rating=5, text="", language="en", at=SUNDAY)
    salem = applicants.acting(applicants.salem())
    [row] = Feedback.objects.on_which(salem, "feedback:feedback:read").by_service()  # type: ignore[arg-type]
    assert (row["count"], row["mean"]) == (2, 3.5)


def test_a_person_sees_which_office_looked_in_which_role_and_no_name(
    browser: Client, submitted: Application
) -> None:
    salem = applicants.acting(applicants.salem())
    record("see-application", submitted, actor=salem, at=SUNDAY)
    record("see-attachment", submitted.attachments.get(), actor=salem, at=SUNDAY)
    page = browser.get("/own/looks").content.decode()
    assert "looked at the application" in page
    assert "opened a file" in page
    assert "Officer" in page
    assert salem.person.name_en not in page
    assert (submitted.reference or "") in page
    other = applicants.signed_in(applicants.neighbour()).get("/own/looks").content.decode()
    assert "opened a file" not in other


def test_ones_own_look_is_no_look_of_the_staff(browser: Client, submitted: Application) -> None:
    file = submitted.attachments.get()
    assert browser.get(f"/files/{file.pk}").status_code == 200
    assert JournalEntry.objects.filter(act="see-attachment", actor=submitted.applicant_id).exists()
    assert "opened a file" not in browser.get("/own/looks").content.decode()


def test_more_looks_cost_no_more_queries(browser: Client, submitted: Application) -> None:
    salem = applicants.acting(applicants.salem())
    counts = []
    for _ in range(2):
        record("see-application", submitted, actor=salem, at=SUNDAY)
        with CaptureQueriesContext(connection) as captured:
            browser.get("/own/looks")
        counts.append(len(captured))
    assert counts[0] == counts[1]
