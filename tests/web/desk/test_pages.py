"""The desk's pages: what they show, what their forms do, and what a refused form keeps."""

from datetime import timedelta
from http import HTTPStatus
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rukhsa.applications import blobs
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.audit.models import JournalEntry
from rukhsa.catalogue.models import Reason
from rukhsa.issuance.models import Instrument
from rukhsa.issuance.revocation_proposal import RevocationProposal
from rukhsa.review.finding import Finding
from rukhsa.review.inspection import Inspection, InspectionReport
from rukhsa.review.referral import Opinion
from tests.queued import Queued
from tests.rooms.review import works
from tests.rooms.review.works import BY_OFFICER, CHECK, SUNDAY
from tests.web.desk.conftest import picture

pytestmark = pytest.mark.django_db
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


def at(route: str, *arguments: object) -> str:
    return reverse(f"desk:{route}", args=arguments)


def queue_up(count: int) -> None:
    """Open applications in the queue, as `journey` puts them there."""
    version = works.publish(works.works(CHECK, BY_OFFICER))
    for number in range(count):
        made = works.submitted(version, reference=f"CAP-2026-{number:06}")
        works.asked(made, SUNDAY)


def queries(client: Client, where: str) -> int:
    client.get(where)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(where).status_code == HTTPStatus.OK
    return len(captured)


def test_a_longer_queue_costs_no_more_queries_and_its_pages_hold_each_application_once(salem: Client) -> None:
    queue_up(20)
    few = queries(salem, at("queue"))
    queue_up_more = works.publish(works.works(CHECK, BY_OFFICER))
    for number in range(20, 120):
        works.asked(works.submitted(queue_up_more, reference=f"CAP-2026-{number:06}"), SUNDAY)
    assert queries(salem, at("queue")) == few
    assert few <= 13  # one of them reads the offices by which the list is narrowed

    where, seen = at("queue"), []
    while where:
        context = salem.get(where).context
        seen += [row.reference for row in context["rows"]]
        where = context["next"]
    assert sorted(seen) == [f"CAP-2026-{number:06}" for number in range(120)]


def test_a_broken_cursor_shows_the_first_page(salem: Client) -> None:
    queue_up(1)
    assert len(salem.get(at("queue"), {"after": "yesterday,or-so"}).context["rows"]) == 1


def test_the_filters_tell_applications_apart(salem: Client, application: Application) -> None:
    works.asked(application, SUNDAY)
    shown = {
        show: len(salem.get(at("queue"), {"show": show}).context["rows"])
        for show in ("mine", "unassigned", "late", "applicant", "all")
    }
    assert shown == {"mine": 0, "unassigned": 1, "late": 1, "applicant": 0, "all": 1}
    salem.post(at("take", application.pk))
    assert len(salem.get(at("queue"), {"show": "mine"}).context["rows"]) == 1
    salem.post(at("return", application.pk), {"about": "place", "text": "Which road?"})
    assert len(salem.get(at("queue"), {"show": "applicant"}).context["rows"]) == 1
    assert not salem.get(at("queue"), {"show": "late"}).context["rows"]


@pytest.mark.parametrize("wanted", ["cap-2026-000001", "cap-2026", "ليلي", "أحمد", "layla ah"])
def test_an_application_is_found_by_reference_and_by_words_of_a_name(
    salem: Client, application: Application, wanted: str
) -> None:
    rows = salem.post(at("search"), {"wanted": wanted}).context["rows"]
    assert [row.pk for row in rows] == [application.pk]


def test_a_whole_reference_leads_to_its_application_and_names_do_not_stand_in_addresses(
    salem: Client, application: Application
) -> None:
    for sent in (
        salem.get(at("search"), {"q": "CAP-2026-000001"}),
        salem.post(at("search"), {"wanted": "CAP-2026-000001"}),
    ):
        assert sent["Location"] == at("application", application.pk)
    assert not salem.get(at("search"), {"q": "Layla"}).context["rows"]


@pytest.mark.parametrize("wanted", ["", "'; drop table", "& | !", "CAP-2027", "Salem"])
def test_a_search_for_anything_else_finds_nothing(
    salem: Client, application: Application, wanted: str
) -> None:
    response = salem.post(at("search"), {"wanted": wanted})
    assert (response.status_code, list(response.context["rows"])) == (HTTPStatus.OK, [])


def test_the_case_shows_answers_files_and_steps_and_looking_is_recorded(
    salem: Client, application: Application
) -> None:
    page = salem.get(at("application", application.pk)).content.decode()
    for words in ("Road works licence", "Will a lane be closed?", "Trench", "route.png", "Completeness"):
        assert words in page
    assert "900112345" not in page  # the personal number is masked
    entry = JournalEntry.objects.get(act="see-application")
    assert entry.subject == str(application.pk)


def test_a_copy_is_shown_locked_down_and_looking_is_recorded(salem: Client, application: Application) -> None:
    file = application.attachments.get()
    response = salem.get(at("file", file.pk))
    shown = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    file.refresh_from_db()
    assert shown == blobs.fetch(file.shown_digest) != picture()
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"] == f'inline; filename="{file.shown_digest[:16]}.jpg"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "script-src" not in response["Content-Security-Policy"]
    assert JournalEntry.objects.filter(act="see-attachment", subject=str(file.pk)).count() == 1


def test_the_original_is_a_download_of_its_own_that_is_recorded(
    salem: Client, application: Application
) -> None:
    file = application.attachments.get()
    page = salem.get(at("application", application.pk)).content.decode()
    assert "can harm your computer" in page
    assert at("original", file.pk) in page
    response = salem.get(at("original", file.pk))
    assert b"".join(response.streaming_content) == picture()  # type: ignore[attr-defined]
    assert response["Content-Disposition"] == f'attachment; filename="{file.digest[:16]}.png"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert JournalEntry.objects.filter(act="see-original", subject=str(file.pk)).count() == 1


def test_a_file_from_before_there_were_copies_gets_its_copy_when_it_is_looked_at(
    salem: Client, application: Application
) -> None:
    application.attachments.update(shown_digest="", shown_media_type="")
    response = salem.get(at("file", application.attachments.get().pk))
    assert b"".join(response.streaming_content).startswith(b"\xff\xd8\xff")  # type: ignore[attr-defined]
    assert application.attachments.get().shown_digest


def test_a_return_without_findings_says_so_and_changes_nothing(
    salem: Client, application: Application
) -> None:
    response = salem.post(at("return", application.pk), {"about": ["place"], "text": [" "]})
    assert response.status_code == UNPROCESSABLE
    assert "at least one finding" in response.content.decode()
    application.refresh_from_db()
    assert application.stage == Stage.SUBMITTED


def test_one_more_finding_keeps_what_was_typed(salem: Client, application: Application) -> None:
    typed = {"about": ["place"], "text": ["Which road?"], "more": "1"}
    page = salem.post(at("return", application.pk), typed)
    assert page.context["findings_typed"] == [("place", "Which road?", ""), ("", "", "")]
    assert not Finding.objects.exists()


def test_a_standard_finding_is_offered_kept_with_its_code_and_told_with_its_law(
    salem: Client, application: Application
) -> None:
    said = {
        "text_ar": "المستند غير واضح.",
        "text_en": "This document is not legible.",
        "basis_en": "Bylaw 7/2019",
    }
    Reason.objects.create(code="not-legible", number=1, uses=["return"], at=SUNDAY, **said)
    assert "This document is not legible." in salem.get(at("application", application.pk)).content.decode()
    chosen = {"about": ["drawing"], "code": ["not-legible"], "text": ["Scan page 2 again."]}
    more = salem.post(at("return", application.pk), chosen | {"more": "1"}).content.decode()
    assert '<option value="not-legible" selected>' in more
    assert salem.post(at("return", application.pk), chosen).status_code == HTTPStatus.FOUND
    finding = Finding.objects.get()
    assert finding.reason
    assert (finding.reason.code, finding.text) == ("not-legible", "Scan page 2 again.")
    page = salem.get(at("application", application.pk)).content.decode()
    assert "This document is not legible.<br>Scan page 2 again." in page
    assert "Bylaw 7/2019" in page


def test_a_finding_that_is_not_in_the_list_is_refused(salem: Client, application: Application) -> None:
    response = salem.post(
        at("return", application.pk), {"about": ["drawing"], "code": ["unheard-of"], "text": [""]}
    )
    assert response.status_code == UNPROCESSABLE
    assert not Finding.objects.exists()


def test_a_decision_is_confirmed_before_it_is_taken(salem: Client) -> None:
    short = works.submitted(works.publish(works.works(BY_OFFICER)))
    meant = {"outcome": "refused", "reasons": "The road is narrow.", "legal_basis": "Bylaw 7/2019"}
    asked = salem.post(at("decide", short.pk), meant)
    assert "Refuse this application?" in asked.content.decode()
    short.refresh_from_db()
    assert short.stage == Stage.SUBMITTED
    again = salem.post(at("decide", short.pk), meant | {"change": "yes"})
    assert "The road is narrow." in again.content.decode()
    assert salem.post(at("decide", short.pk), meant | {"confirmed": "yes"}).status_code == HTTPStatus.FOUND
    short.refresh_from_db()
    assert short.stage == Stage.REFUSED
    assert salem.post(at("decide", short.pk), meant | {"confirmed": "yes"}).status_code == HTTPStatus.FOUND


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choose to approve or refuse"),
        ({"outcome": "refused"}, "Enter the reasons"),
        ({"outcome": "granted"}, "Some steps before the decision"),
        ({"outcome": "granted", "confirmed": "yes"}, "Some steps before the decision"),
    ],
)
def test_a_decision_that_cannot_be_taken_says_why(
    salem: Client, application: Application, typed: dict[str, str], said: str
) -> None:
    response = salem.post(at("decide", application.pk), typed | {"legal_basis": "Bylaw 7/2019"})
    page = response.content.decode()
    assert response.status_code == UNPROCESSABLE
    assert said in page
    assert "Bylaw 7/2019" in page


def test_an_agency_answers_its_question(noor: Client, referred: Application) -> None:
    question = referred.referrals.get(agency="ewa")
    assert "Do the works conflict" in noor.get(at("referrals")).content.decode()
    page = noor.get(at("referral", question.pk)).content.decode()
    assert "route.png" in page
    refused = noor.post(at("referral", question.pk), {"answer": "objection", "text": ""})
    assert refused.status_code == UNPROCESSABLE
    answered = noor.post(at("referral", question.pk), {"answer": "objection", "text": "A cable."})
    assert answered.status_code == HTTPStatus.FOUND
    assert Opinion.objects.get().text == "A cable."
    late = noor.post(at("referral", question.pk), {"answer": "no-objection", "text": ""})
    assert "already answered" in late.content.decode()


def test_an_inspector_reports_with_photos_and_keeps_them_when_refused(
    yusuf: Client, visited: Application
) -> None:
    visit = visited.inspections.get()
    assert "Building" in yusuf.get(at("inspections")).content.decode()
    photo = SimpleUploadedFile("a.png", picture(), "image/png")
    points = {"point-marked": "yes", "point-clear": "no"}
    refused = yusuf.post(at("inspection", visit.pk), points | {"passed": "no", "text": "", "photos": photo})
    assert refused.status_code == UNPROCESSABLE
    (kept,) = refused.context["kept"]
    told = {"passed": "no", "text": "A bin stands there.", "kept": kept}
    assert yusuf.post(at("inspection", visit.pk), points | told).status_code == HTTPStatus.FOUND
    report = InspectionReport.objects.get()
    assert (report.passed, len(report.photos)) == (False, 1)
    seen = yusuf.get(at("photo", report.pk, report.photos[0]) + "?original")
    assert b"".join(seen.streaming_content) == picture()  # type: ignore[attr-defined]


def test_a_photo_that_is_none_and_a_forged_digest_are_refused(yusuf: Client, visited: Application) -> None:
    visit = visited.inspections.get()
    told = {"point-marked": "yes", "point-clear": "yes", "passed": "yes", "text": ""}
    fake = SimpleUploadedFile("a.png", b"<script>", "image/png")
    assert yusuf.post(at("inspection", visit.pk), told | {"photos": fake}).status_code == UNPROCESSABLE
    assert not InspectionReport.objects.exists()
    yusuf.post(at("inspection", visit.pk), told | {"kept": f"{'0' * 64}:forged"})
    assert InspectionReport.objects.get().photos == []


def test_an_officer_suspends_and_a_supervisor_reinstates_and_revokes(
    salem: Client, mariam: Client, instrument: Instrument
) -> None:
    queued = Queued()

    def change(client: Client, act: str) -> int:
        told = {"reason": "Outside the route.", "confirmed": "yes"}
        return client.post(at("change-instrument", instrument.pk, act), told).status_code

    assert change(salem, "suspend") == HTTPStatus.FOUND
    assert "Suspended" in salem.get(at("instruments"), {"number": "cap-rw"}).content.decode()
    assert change(salem, "suspend") == UNPROCESSABLE
    assert change(salem, "reinstate") == HTTPStatus.FORBIDDEN
    assert change(mariam, "reinstate") == HTTPStatus.FOUND
    assert change(salem, "revoke") == HTTPStatus.FOUND, "he proposes it, and another revokes"
    proposal = RevocationProposal.objects.get()
    assert salem.post(at("act-on-revocation", proposal.pk, "approve")).status_code == HTTPStatus.FORBIDDEN
    assert mariam.post(at("act-on-revocation", proposal.pk, "approve")).status_code == HTTPStatus.FOUND
    assert "Outside the route." in mariam.get(at("instrument", instrument.pk)).content.decode()
    assert instrument.intent.application
    assert queued.applications == [instrument.intent.application.pk] * 3, "the journey tells the holder"


def test_a_change_of_an_instrument_has_a_reason_and_is_confirmed(
    mariam: Client, instrument: Instrument
) -> None:
    where = at("change-instrument", instrument.pk, "revoke")
    assert mariam.post(where, {"reason": " "}).status_code == UNPROCESSABLE
    assert "Revocation is permanent" in mariam.post(where, {"reason": "Fraud."}).content.decode()
    assert not hasattr(Instrument.objects.get(), "revocation")


def test_the_journal_shows_who_looked(salem: Client, mariam: Client, application: Application) -> None:
    salem.get(at("application", application.pk))
    page = mariam.get(at("journal-of-application", application.pk)).content.decode()
    assert "Viewed an application" in page
    assert "Salem Hasan" in page
    assert "Viewed an application" in mariam.get(at("journal")).content.decode()


def test_what_an_applicant_wrote_is_shown_as_text(salem: Client) -> None:
    nasty = works.submitted(works.publish(works.works()), kind="<script>alert(1)</script>")
    assert "<script>alert" not in salem.get(at("application", nasty.pk)).content.decode()


def test_a_longer_list_of_visits_asks_no_more_of_the_database(yusuf: Client, visited: Application) -> None:
    few = _queries_of(yusuf, "inspections")
    for number in range(3):
        _visit(visited, number)
    assert _queries_of(yusuf, "inspections") == few


def test_a_longer_list_of_instruments_asks_no_more_of_the_database(
    mariam: Client, instrument: Instrument
) -> None:
    few = _queries_of(mariam, "instruments")
    for number in range(3):
        _like(instrument, number)
    assert _queries_of(mariam, "instruments") == few


def _queries_of(browser: Client, page: str) -> int:
    browser.get(reverse(f"desk:{page}"))
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(reverse(f"desk:{page}")).status_code == HTTPStatus.OK
    return len(asked)


def _visit(application: Application, number: int) -> None:
    Inspection.objects.create(
        application=application, step=f"again-{number}", ordered_at=SUNDAY, due_at=SUNDAY + timedelta(days=2)
    )


def _like(instrument: Instrument, number: int) -> None:
    intent = instrument.intent
    intent.pk, intent.origin, intent.application = uuid4(), f"legacy:{number}", None
    intent.number, intent.verification_code = f"CAP-RW-2026-00001{number}-1", f"CODE-{number}"
    intent.status_index += number + 1
    intent._state.adding = True
    intent.save()
    Instrument.objects.create(intent=intent, file_digest="0" * 64, released_at=SUNDAY)
