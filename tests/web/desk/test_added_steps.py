"""What an officer adds to a case: a question to an agency, a visit, and files that the applicant does not see."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from rukhsa.applications.models import Application
from rukhsa.audit.models import JournalEntry
from rukhsa.correspondence.models import Enclosure
from rukhsa.review.models import CaseFile, Inspection, Referral
from rukhsa.review.newer_process import Dropped
from tests.web.desk.conftest import picture

ASKED = {
    "kind": "agency",
    "agency": "ewa",
    "asked": "Does it touch the cable?",
    "days": "3",
    "reason": "Drawing.",
}


def at(route: str, application: Application, *more: object) -> str:
    return reverse(f"desk:{route}", args=[application.pk, *more])


def page(answer: Any) -> str:
    return str(answer.content.decode())


def test_an_agency_is_asked_besides_and_the_question_is_taken_back(
    application: Application, salem: Client, noor: Client
) -> None:
    assert salem.post(at("add-step", application), ASKED | {"document": "drawing"}).status_code == 302
    asked = Referral.objects.get()
    assert (asked.question_en, asked.documents, asked.days) == (ASKED["asked"], ["drawing"], 3)
    answering = page(noor.get(reverse("desk:referral", args=[asked.pk])))
    assert "Does it touch the cable?" in answering
    assert "Drawing." not in answering  # why it is needed is for the authority
    case = page(salem.get(at("application", application)))
    assert "Added by an officer:" in case
    back = at("take-back-step", application, "added-1")
    assert back in case
    refused = salem.post(back, {"reason": " "})
    assert refused.status_code == 422
    assert "Enter why." in page(refused)
    salem.post(back, {"reason": "It was answered by telephone."})
    assert Dropped.objects.get().referral == asked
    told = page(noor.get(reverse("desk:referral", args=[asked.pk])))
    assert "The authority withdrew this question." in told
    assert "It was answered by telephone." in page(salem.get(at("application", application)))


def test_a_visit_has_a_point_for_each_line(application: Application, salem: Client, yusuf: Client) -> None:
    lines = "The cable is marked\r\n\r\nThe road is clear\r\n"
    salem.post(at("add-step", application), ASKED | {"kind": "visit", "asked": lines})
    visit = Inspection.objects.get()
    assert [point["en"] for point in visit.checklist] == ["The cable is marked", "The road is clear"]
    shown = page(yusuf.get(reverse("desk:inspection", args=[visit.pk])))
    assert "Extra visit" in shown
    assert "The road is clear" in shown


def test_what_was_typed_is_there_after_a_refusal(application: Application, salem: Client) -> None:
    refused = salem.post(at("add-step", application), ASKED | {"agency": ""})
    assert refused.status_code == 422
    assert "choose the agency" in page(refused)
    assert "Does it touch the cable?</textarea>" in page(refused)
    assert not Referral.objects.exists()


def letter(name: str = "letter.png", content: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or picture(), "image/png")


def test_a_file_of_an_officer_is_seen_by_officers_and_not_by_others(
    visited: Application, salem: Client, mariam: Client, yusuf: Client, noor: Client
) -> None:
    salem.post(at("add-case-files", visited), {"files": letter()})
    salem.post(at("add-case-files", visited), {"files": letter()})
    file = CaseFile.objects.get()
    address = reverse("desk:case-file", args=[file.pk])
    assert address in page(mariam.get(at("application", visited)))
    assert mariam.get(address)["Content-Type"] == "image/jpeg"  # a safe copy
    assert yusuf.get(address).status_code == 200
    assert noor.get(address).status_code == 403
    assert set(JournalEntry.objects.filter(subject=str(file.pk)).values_list("act", flat=True)) == {
        "add-case-file",
        "see-case-file",
    }
    portal = Client()
    portal.force_login(visited.applicant)
    assert "letter.png" not in page(portal.get(f"/applications/{visited.pk}/"))
    assert portal.get(address).status_code in {302, 403, 404}


def test_an_officers_file_is_sent_with_a_message(application: Application, salem: Client) -> None:
    salem.post(at("add-case-files", application), {"files": letter()})
    file = CaseFile.objects.get()
    form = page(salem.get(f"{at('conversation', application)}?file={file.pk}"))
    assert "<bdi>letter.png</bdi>" in form
    sealed = form.partition('name="taken" value="')[2].partition('"')[0]
    assert not Enclosure.objects.exists()
    salem.post(at("conversation", application), {"text": "See the letter.", "taken": sealed})
    assert Enclosure.objects.get().digest == file.digest


@pytest.mark.parametrize("chosen", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_no_file_is_sent_that_is_not_of_the_case(
    application: Application, salem: Client, chosen: str
) -> None:
    form = page(salem.get(f"{at('conversation', application)}?file={chosen}"))
    assert 'name="taken"' not in form


def test_a_file_that_cannot_be_taken_is_named_and_the_others_stay(
    application: Application, salem: Client
) -> None:
    sent = {"files": [letter(), letter("bad.exe", b"MZ\x00\x00")]}
    refused = salem.post(at("add-case-files", application), sent)
    assert refused.status_code == 422
    assert "bad.exe:" in page(refused)
    assert CaseFile.objects.get().name == "letter.png"
    assert "Choose a file." in page(salem.post(at("add-case-files", application)))
