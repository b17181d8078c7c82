"""An application from the first page to its reference, and everything that can go wrong on the way."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from rukhsa.applications import blobs
from rukhsa.applications.models import Application
from rukhsa.places.geometry import parse_line
from rukhsa.places.occupation import license_works, occupy
from rukhsa.review.finding import return_to_applicant
from rukhsa.values.periods import Period
from rukhsa.values.writing import date_in_words
from tests import applicants

pytestmark = pytest.mark.django_db


def test_a_stranger_is_asked_to_sign_in_and_comes_back(open_town: None) -> None:
    answer = Client().post("/services/proof-of-residence/start")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in?next=/services/proof-of-residence/start"


def test_the_page_of_a_service_says_cost_time_documents_and_who_decides(browser: Client) -> None:
    page = browser.get("/services/proof-of-residence").content.decode()
    assert "At most 4 working days" in page
    assert "Information and eGovernment Authority: 2 working days" in page
    assert "If you submit a complete application today, we decide by" in page
    assert "from 07:00 to 14:15" in page
    assert "One officer" in page
    assert "Title deed" in page
    assert "for tenants" in page
    assert "BD" in page
    works = browser.get("/services/small-building-permit").content.decode()
    assert "for each square metre" in works
    assert "for homes" in works


def test_a_service_is_only_begun_by_those_it_is_for(open_town: None) -> None:
    investor = applicants.signed_in(applicants.layla(kind="investor"))
    investor.post("/services/proof-of-residence/start")
    assert not Application.objects.exists()
    investor.post("/services/road-works-licence/start")
    assert Application.objects.exists()


def test_a_wrong_answer_is_said_beside_its_field_and_kept(browser: Client, draft: Application) -> None:
    wrong = applicants.Answers().home | {"home.block": "block", "on": "1"}
    answer = browser.post(f"/applications/{draft.pk}/questions/home", wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#q-home-block"' in page
    assert 'id="q-home-block"' in page
    assert 'value="block"' in page
    draft.refresh_from_db()
    assert draft.typed["home"]["block"] == "block"
    assert "home" not in draft.answers


def test_an_address_in_one_line_fills_the_fields_and_may_be_corrected(
    browser: Client, draft: Application
) -> None:
    page = f"/applications/{draft.pk}/questions/home"
    pasted = applicants.Answers().home | {
        "home.flat": "9",
        "home.building": "",
        "home.road": "",
        "home.block": "",
    }
    pasted["home.line"] = "مبنى ١٢٣، طريق 1705، مجمع 317"
    filled = browser.post(page, pasted | {"fill": "home"})
    assert filled.status_code == 200
    assert 'name="home.building" value="123"' in filled.content.decode()
    assert 'name="home.flat" value=""' in filled.content.decode()
    corrected = pasted | {"home.building": "124A", "home.road": "1705", "home.block": "317", "on": "1"}
    assert browser.post(page, corrected | applicants.Answers().use)["Location"].endswith("/documents")
    draft.refresh_from_db()
    assert draft.answers["home"] == {"flat": "9", "building": "124A", "road": 1705, "block": 317}
    unread = browser.post(page, pasted | {"home.line": "next to the mosque", "fill": "home"}).content.decode()
    assert 'value="next to the mosque"' in unread
    assert "We found no flat" in unread


def test_works_at_a_place_that_others_hold_are_told_while_they_are_typed(browser: Client) -> None:
    start = timezone.localdate() + timedelta(days=20)
    route = "26.22350, 50.57560\n26.22368, 50.57610"
    held = Period(start=start, end=start + timedelta(days=9))
    occupy("CAP-26-000001", parse_line(route)["geometry"], held)
    license_works("CAP-26-000001", "CAP-RW-2026-000001-X", held)
    browser.post("/services/road-works-licence/start")
    page = f"/applications/{Application.objects.get().pk}/questions/works"
    place = {"place.building": "1", "place.road": "1705", "place.block": "317"}
    typed = place | {
        "kind": "repair",
        "route": route,
        "closes-lane": "no",
        "start": start.isoformat(),
        "days": "5",
    }
    said = browser.post(page, typed, headers={"HX-Request": "true"}).content.decode()
    assert "Other works (number \u2066CAP-RW-2026-000001-X\u2069)" in said
    assert held.end
    assert date_in_words(held.end, "en") in said
    later = typed | {"start": (held.end + timedelta(days=1)).isoformat()}
    assert "Other works" not in browser.post(page, later, headers={"HX-Request": "true"}).content.decode()
    assert browser.post(page, typed | {"on": "1"}).status_code == 422


def test_right_answers_lead_to_the_next_page(browser: Client, draft: Application) -> None:
    right = applicants.Answers()
    answer = browser.post(f"/applications/{draft.pk}/questions/home", right.home | right.use | {"on": "1"})
    assert answer["Location"] == f"/applications/{draft.pk}/documents"


def test_a_small_section_stands_on_the_page_of_the_one_before(browser: Client, draft: Application) -> None:
    pages = [
        browser.get(f"/applications/{draft.pk}/questions/{id}").content.decode() for id in ("home", "use")
    ]
    for page in pages:
        assert '<h1 class="ds-heading">The home</h1>' in page
        assert '<h2 class="ds-heading">Purpose of the certificate</h2>' in page
        assert "page 1 of 2" in page


def test_an_answer_opens_a_question_without_a_script(browser: Client, draft: Application) -> None:
    shown = {"asked.home": "1", "asked.tenure": "1", "asked.living-since": "1"}
    tenant = applicants.Answers().home | shown | {"tenure": "tenant", "on": "1"}
    page = browser.post(f"/applications/{draft.pk}/questions/home", tenant).content.decode()
    assert 'name="lease-number"' in page
    assert "Your answer opens one more question" in page
    assert 'class="ds-error-summary' not in page


def test_what_is_typed_is_saved_meanwhile(browser: Client, draft: Application) -> None:
    answer = browser.post(
        f"/applications/{draft.pk}/questions/home", {"tenure": "tenant"}, headers={"HX-Request": "true"}
    )
    page = answer.content.decode()
    assert "<html" not in page
    assert 'name="lease-number"' in page
    assert "Saved at" in page
    draft.refresh_from_db()
    assert draft.answers == {"tenure": "tenant"}


def test_saving_for_later_asks_for_nothing(browser: Client, draft: Application) -> None:
    answer = browser.post(f"/applications/{draft.pk}/questions/home", {"tenure": "", "later": "1"})
    assert answer["Location"] == f"/applications/{draft.pk}/"
    assert "Not submitted yet" in browser.get(f"/applications/{draft.pk}/").content.decode()


def test_a_file_that_lies_is_refused_in_words_and_a_true_one_is_listed(
    browser: Client, answered: Application
) -> None:
    address = f"/applications/{answered.pk}/documents/deed"
    lie = SimpleUploadedFile("card.pdf", b"MZ not a PDF", content_type="application/pdf")
    refused = browser.post(address, {"file": lie})
    assert refused.status_code == 422
    assert (
        "The file must be a PDF or a picture (JPEG, PNG, HEIC, WebP, AVIF, TIFF)." in refused.content.decode()
    )
    assert browser.post(address, {"file": applicants.picture()}).status_code == 302
    assert "card.png" in browser.get(f"/applications/{answered.pk}/documents").content.decode()


@pytest.mark.parametrize("files", [{}, {"file": SimpleUploadedFile("empty.pdf", b"")}])
def test_no_file_and_an_empty_file_are_said_so(
    browser: Client, answered: Application, files: dict[str, SimpleUploadedFile]
) -> None:
    answer = browser.post(f"/applications/{answered.pk}/documents/deed", files)
    assert answer.status_code == 422
    assert 'class="ds-error-summary' in answer.content.decode()


def test_a_file_is_removed_once_and_a_second_time_changes_nothing(
    browser: Client, complete: Application
) -> None:
    attachment = complete.attachments.get()
    for _ in range(2):
        assert browser.post(f"/files/{attachment.pk}/remove").status_code == 302
    assert not complete.attachments.present().exists()


def test_a_file_comes_back_as_a_download_that_runs_nothing(browser: Client, complete: Application) -> None:
    attached = complete.attachments.get()
    answer = browser.get(f"/files/{attached.pk}")
    assert answer.getvalue() == blobs.fetch(attached.digest)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_what_is_missing_is_listed_and_nothing_is_submitted(browser: Client, answered: Application) -> None:
    answer = browser.post(f"/applications/{answered.pk}/review")
    assert answer.status_code == 422
    assert f'href="/applications/{answered.pk}/documents#d-deed"' in answer.content.decode()
    answered.refresh_from_db()
    assert answered.stage == "draft"


def test_submitting_twice_gives_the_same_reference(browser: Client, complete: Application) -> None:
    first = browser.post(f"/applications/{complete.pk}/review")
    complete.refresh_from_db()
    reference = complete.reference
    second = browser.post(f"/applications/{complete.pk}/review")
    complete.refresh_from_db()
    assert first["Location"] == second["Location"]
    assert complete.reference == reference
    assert complete.steps.count() == 1
    assert reference in browser.get(first["Location"]).content.decode()


def test_going_back_after_submission_shows_the_application(browser: Client, complete: Application) -> None:
    for page in ("", "documents", "review"):
        # Otherwise the browser's back button shows its cached page: a draft still to be submitted.
        assert "no-store" in browser.get(f"/applications/{complete.pk}/{page}")["Cache-Control"]
    browser.post(f"/applications/{complete.pk}/review")
    for page in ("questions/home", "documents", "review"):
        answer = browser.get(f"/applications/{complete.pk}/{page}")
        assert answer["Location"] == f"/applications/{complete.pk}/"


def test_changing_an_answer_after_submission_is_refused_in_words(
    browser: Client, complete: Application
) -> None:
    browser.post(f"/applications/{complete.pk}/review")
    answer = browser.post(f"/applications/{complete.pk}/questions/use", {"purpose": "school"})
    assert answer.status_code == 409
    complete.refresh_from_db()
    assert complete.answers["purpose"] == "bank"


def test_withdrawing_twice_is_withdrawing_once(browser: Client, complete: Application) -> None:
    browser.post(f"/applications/{complete.pk}/review")
    for _ in range(2):
        assert browser.post(f"/applications/{complete.pk}/withdraw").status_code == 302
    complete.refresh_from_db()
    assert complete.stage == "withdrawn"
    assert browser.get(f"/applications/{complete.pk}/withdraw")["Location"] == f"/applications/{complete.pk}/"
    assert "The application was withdrawn." in browser.get(f"/applications/{complete.pk}/").content.decode()


def test_another_persons_application_looks_absent(browser: Client, complete: Application) -> None:
    stranger = applicants.signed_in(applicants.neighbour())
    pages = ("", "questions/home", "documents", "review", "withdraw", "pay", "document")
    for page in pages:
        theirs = stranger.get(f"/applications/{complete.pk}/{page}")
        absent = stranger.get(f"/applications/{uuid4()}/{page}")
        assert theirs.status_code == absent.status_code == 404
    assert browser.get(f"/applications/{complete.pk}/documents").status_code == 200
    assert stranger.get(f"/files/{complete.attachments.get().pk}").status_code == 404


def test_a_companys_applications_are_apart_from_ones_own(open_town: None) -> None:
    browser = applicants.signed_in(applicants.layla(kind="investor", companies=[applicants.GULF]))
    browser.post("/capacity", {"company": "12345-1", "next": "/applications/"})
    browser.post("/services/road-works-licence/start")
    application = Application.objects.get()
    assert application.company is not None
    assert browser.get(f"/applications/{application.pk}/").status_code == 200
    browser.post("/capacity", {"company": "", "next": "/applications/"})
    assert browser.get(f"/applications/{application.pk}/").status_code == 404


def test_who_no_longer_acts_for_the_company_is_told(open_town: None) -> None:
    person = applicants.layla(kind="investor", companies=[applicants.GULF])
    browser = applicants.signed_in(person)
    browser.post("/capacity", {"company": "12345-1", "next": "/"})
    applicants.layla(kind="investor", companies=[])
    answer = browser.get("/applications/")
    assert answer.status_code == 403
    assert "You no longer act for this company." in answer.content.decode()
    assert browser.get("/applications/").status_code == 200


def test_a_draft_is_continued_from_the_first_page_and_the_list(browser: Client, draft: Application) -> None:
    for page in ("/", "/applications/"):
        assert f"/applications/{draft.pk}/" in browser.get(page).content.decode()


def test_what_is_known_of_the_applicant_is_offered(open_town: None) -> None:
    browser = applicants.signed_in(applicants.layla(kind="investor", companies=[applicants.GULF]))
    browser.post("/capacity", {"company": "12345-1", "next": "/"})
    browser.post("/services/road-works-licence/start")
    address = f"/applications/{Application.objects.get().pk}/questions/contractor"
    page = browser.get(address).content.decode()
    assert 'value="12345-1"' in page
    assert 'value="+97336000001"' in page
    browser.post(address, {"site-phone": "", "later": "1"})
    assert 'value="+97336000001"' not in browser.get(address).content.decode()


def test_what_the_officer_found_is_shown_where_it_is_put_right(
    browser: Client, complete: Application
) -> None:
    browser.post(f"/applications/{complete.pk}/review")
    findings = [("home", "Wrong road."), ("deed", "Not readable.")]
    complete.refresh_from_db()
    return_to_applicant(complete, findings, actor=applicants.acting(applicants.salem()), at=timezone.now())
    page = browser.get(f"/applications/{complete.pk}/").content.decode()
    assert f"/applications/{complete.pk}/questions/home#block-home" in page
    assert "Wrong road." in browser.get(f"/applications/{complete.pk}/questions/home").content.decode()
    assert "Not readable." in browser.get(f"/applications/{complete.pk}/documents").content.decode()
    before_submitting_again = browser.get(f"/applications/{complete.pk}/review").content.decode()
    assert "Wrong road." in before_submitting_again
    assert "Based on your answers, today:" in before_submitting_again
    assert "5.000" in before_submitting_again
    replies = {f"reply.{each.pk}": "It is right." for each in complete.findings.all()}
    browser.post(f"/applications/{complete.pk}/review", replies)
    complete.refresh_from_db()
    assert complete.stage == "submitted"
    assert "Wrong road." not in browser.get(f"/applications/{complete.pk}/").content.decode()
