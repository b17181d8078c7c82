"""The pages of an agency's answer: conditions, files, drafts, who takes the question, and more time."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.review.check import check
from rukhsa.review.condition import Condition
from rukhsa.review.opinion_draft import OpinionDraft
from rukhsa.review.opinion_file import OpinionFile
from rukhsa.review.queue import WaitingReferral
from rukhsa.review.referral import Opinion, Referral
from rukhsa.review.shown_file import attachments
from rukhsa.staff.interest_declaration import declare
from tests.rooms.review import works
from tests.web.desk.conftest import person, picture

CONDITION = {"condition_ar": ["متران عن الكيبل", ""], "condition_en": ["Two metres from the cable", ""]}


@pytest.fixture
def question(application: Application) -> Referral:
    """The question to EWA, asked today."""
    now = timezone.now()
    check(application, "completeness", actor=works.act_as(person("salem", works.authority())), at=now)
    works.asked(application, now)
    return application.referrals.get(agency="ewa")


def page_of(question: Referral) -> str:
    return reverse("desk:referral", args=[question.pk])


def drawing(name: str = "cable.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture(), "image/png")


def test_an_answer_with_a_condition_and_a_file_is_read_by_the_officer(
    question: Referral, noor: Client, mariam: Client
) -> None:
    sent = CONDITION | {"answer": "conditions", "text": "See the drawing.", "files": drawing()}
    assert noor.post(page_of(question), sent).status_code == 302
    case = mariam.get(reverse("desk:application", args=[question.application_id])).content.decode()
    file = reverse("desk:opinion-file", args=[OpinionFile.objects.get().pk])
    assert "Two metres from the cable" in case
    assert "Does not object, with conditions" in case
    assert file in case
    assert mariam.get(file)["Content-Type"] == "image/jpeg"
    assert "Two metres from the cable" in noor.get(page_of(question)).content.decode()


def test_an_officer_leaves_a_condition_out_and_the_agency_reads_why(
    question: Referral, noor: Client, mariam: Client
) -> None:
    noor.post(page_of(question), CONDITION | {"answer": "conditions"})
    found = Condition.objects.get()
    address = reverse("desk:rule-on-condition", args=[question.application_id, found.pk])
    assert "Enter why you leave" in mariam.post(address, {"reason": ""}).content.decode()
    mariam.post(address, {"reason": "The cable was moved."})
    assert "The cable was moved." in noor.get(page_of(question)).content.decode()
    mariam.post(address, {"put-back": "yes"})
    assert Condition.objects.get().applies


def test_what_was_typed_and_sent_is_there_after_a_refusal(question: Referral, noor: Client) -> None:
    half = {"condition_ar": ["متران"], "condition_en": [""], "answer": "conditions", "files": drawing()}
    answer = noor.post(page_of(question), half)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write each condition in Arabic and in English" in page
    assert "متران</textarea>" in page
    assert "<bdi>cable.png</bdi>" in page
    kept = page.partition('name="taken" value="')[2].partition('"')[0]
    noor.post(page_of(question), CONDITION | {"answer": "conditions", "taken": kept})
    assert OpinionFile.objects.get().name == "cable.png"


def test_a_file_that_is_refused_is_named(question: Referral, noor: Client) -> None:
    bad = SimpleUploadedFile("notes.exe", b"MZ\x90\x00")
    answer = noor.post(page_of(question), {"answer": "objection", "text": "No.", "files": bad})
    assert answer.status_code == 422
    assert "notes.exe:" in answer.content.decode()
    assert not Opinion.objects.exists()


def test_a_draft_is_kept_and_shown_to_the_agency_again(question: Referral, noor: Client) -> None:
    noor.post(page_of(question), CONDITION | {"answer": "conditions", "draft": "1", "files": drawing()})
    assert OpinionDraft.objects.get().typed["answer"] == "conditions"
    page = noor.get(page_of(question)).content.decode()
    assert "Draft kept by" in page
    assert "Two metres from the cable</textarea>" in page
    assert "<bdi>cable.png</bdi>" in page


def test_one_more_condition_is_asked_for_and_nothing_is_sent(question: Referral, noor: Client) -> None:
    page = noor.post(page_of(question), CONDITION | {"answer": "conditions", "more": "1"}).content.decode()
    assert page.count('name="condition_ar"') == 2
    assert not Opinion.objects.exists()


def test_a_question_is_taken_and_given_back(question: Referral, noor: Client) -> None:
    act = {verb: reverse("desk:act-on-referral", args=[question.pk, verb]) for verb in ("take", "give-back")}
    noor.post(act["take"])
    assert "Give it back" in noor.get(page_of(question)).content.decode()
    assert "Noor Salman" in noor.get(reverse("desk:referrals")).content.decode()
    noor.post(act["give-back"])
    assert WaitingReferral.objects.get(referral=question).taken_by is None


def test_more_time_is_taken_and_the_officer_reads_the_reason(
    question: Referral, noor: Client, mariam: Client
) -> None:
    page = noor.get(page_of(question)).content.decode()
    last = page.partition('max="')[2].partition('"')[0]
    address = reverse("desk:act-on-referral", args=[question.pk, "more-time"])
    refused = noor.post(address, {"until": "", "reason": "The engineer is away."})
    assert refused.status_code == 422
    assert "The engineer is away.</textarea>" in refused.content.decode()
    assert noor.post(address, {"until": last, "reason": "The engineer is away."}).status_code == 302
    case = mariam.get(reverse("desk:application", args=[question.application_id])).content.decode()
    assert case.count("The engineer is away.") == 2  # at the question, and in the history


def test_who_is_close_to_the_applicant_is_told_so_on_the_page(question: Referral, noor: Client) -> None:
    actor, layla = works.act_as(person("noor", works.agency())), works.layla()
    declare("1", relatives=[str(layla.personal_number)], actor=actor, at=timezone.now())
    for verb, typed in (("take", {}), ("more-time", {"until": "2999-01-01", "reason": "Later."})):
        refused = noor.post(reverse("desk:act-on-referral", args=[question.pk, verb]), typed)
        assert refused.status_code == 422
        assert "This is about you, your household" in refused.text
    assert WaitingReferral.objects.get(referral=question).taken_by is None


def test_an_agency_that_answered_is_asked_again(question: Referral, noor: Client, mariam: Client) -> None:
    noor.post(page_of(question), {"answer": "objection", "text": "The cable lies here."})
    address = reverse("desk:ask-again", args=[question.application_id, question.pk])
    mariam.post(address, {"reason": "The route was moved."})
    again = Referral.objects.get(number=2)
    assert "The route was moved." in noor.get(page_of(again)).content.decode()
    assert "This answer counts no more." in noor.get(page_of(question)).content.decode()


def test_an_agency_sees_the_chosen_files_and_no_others(
    referred: Application, noor: Client, mariam: Client
) -> None:
    question, file = referred.referrals.get(agency="ewa"), referred.attachments.get()
    files = [reverse(f"desk:{route}", args=[file.pk]) for route in ("file", "original", "view-file")]
    files.append(reverse("desk:file-page", args=[file.pk, 1]))
    address = reverse("desk:choose-documents", args=[referred.pk, question.pk])
    mariam.post(address, {"document": ["drawing"]})
    assert {noor.get(each).status_code for each in files} == {200}
    assert "route.png" in noor.get(page_of(question)).text
    mariam.post(address)
    assert "no file" in mariam.get(reverse("desk:application", args=[referred.pk])).text
    assert {noor.get(each).status_code for each in files} == {404}
    assert "route.png" not in noor.get(page_of(question)).text
    assert {mariam.get(each).status_code for each in files} == {200}
    traffic = works.act_as(person("noor", works.agency("traffic")))
    assert attachments(traffic).get() == file


def test_an_agency_asked_again_is_shown_what_it_was_shown_before(
    referred: Application, noor: Client, mariam: Client
) -> None:
    question, file = referred.referrals.get(agency="ewa"), referred.attachments.get()
    mariam.post(reverse("desk:choose-documents", args=[referred.pk, question.pk]))
    noor.post(page_of(question), {"answer": "no-objection"})
    late = mariam.post(
        reverse("desk:choose-documents", args=[referred.pk, question.pk]), {"document": ["drawing"]}
    )
    assert late.status_code == 422
    mariam.post(reverse("desk:ask-again", args=[referred.pk, question.pk]), {"reason": "Look again."})
    again, address = Referral.objects.get(number=2, agency="ewa"), reverse("desk:file", args=[file.pk])
    assert noor.get(address).status_code == 404
    mariam.post(reverse("desk:choose-documents", args=[referred.pk, again.pk]), {"document": ["drawing"]})
    assert noor.get(address).status_code == 200
