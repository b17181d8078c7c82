"""A released document as an attachment: it is accepted, verified at once, and its verdict is shown."""

import io
from contextlib import suppress
from datetime import timedelta

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rukhsa import applying
from rukhsa.accounts.models import Person
from rukhsa.applications.file_check import BadFile
from rukhsa.applications.models import Application, Attachment, AttachmentVerdict
from rukhsa.issuance import instrument, publishing, time_stamp
from rukhsa.issuance.models import Instrument
from rukhsa.verification.sealed_attachment import verdict_on
from tests import town as towns
from tests.town import Town
from tests.web.inputs.conftest import LANGUAGES, Browser, Built
from tests.web.inputs.nasty import fine

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

WORDS = {"ar": {"valid": "سارية", "revoked": "ملغاة", "altered": "معدّلة أو مزوّرة"}}
WORDS["en"] = {"valid": "Valid", "revoked": "Revoked", "altered": "Altered or forged"}


@pytest.fixture(scope="module")
def issued(built: Built) -> Instrument:
    """A certificate that Layla holds; the pages use the real time, so the clock is not moved."""
    return Town(at=built.town.at, pace=timedelta()).issue("proof-of-residence")


@pytest.fixture
def certificate(issued: Instrument, town: Town) -> Instrument:
    """The certificate, as it was released."""
    publishing.everything(at=town.at)
    return Instrument.objects.select_related("intent").get(pk=issued.pk)


def upload(client: Client, draft: Application, content: bytes) -> None:
    file = SimpleUploadedFile("certificate.pdf", content, "application/pdf")
    fine(client.post(reverse("portal:add-file", args=[draft.pk, "lease"]), {"file": file}), 302)


def revoked(certificate: Instrument, town: Town) -> None:
    instrument.revoke(
        certificate,
        reason="Obtained by a forged lease",
        proposed_by=town.salem.person,
        actor=town.mariam,
        at=town.at,
    )
    publishing.everything(at=town.at)


def shown(client: Client, draft: Application) -> str:
    return fine(client.get(reverse("portal:documents", args=[draft.pk])), 200)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_released_document_is_taken_and_its_verdict_is_kept(
    language: str, certificate: Instrument, draft: Application, browser: Browser
) -> None:
    client = browser(draft.applicant, language=language)
    upload(client, draft, time_stamp.handed_out(certificate))
    attachment = draft.attachments.get(name="certificate.pdf")
    assert attachment.is_sealed
    verdict = attachment.verdicts.get()
    assert (verdict.word, verdict.told["instrument"]) == ("valid", certificate.number)
    page = shown(client, draft)
    assert WORDS[language]["valid"] in page
    assert "replace this file" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_revoked_document_is_told_to_the_applicant_at_once(
    language: str, certificate: Instrument, draft: Application, browser: Browser, town: Town
) -> None:
    revoked(certificate, town)
    client = browser(draft.applicant, language=language)
    upload(client, draft, time_stamp.handed_out(certificate))
    page = shown(client, draft)
    assert WORDS[language]["revoked"] in page
    assert ("replace this file" if language == "en" else "فأرفقها بدلًا") in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_altered_document_is_told_to_the_applicant_at_once(
    language: str, certificate: Instrument, draft: Application, browser: Browser
) -> None:
    client = browser(draft.applicant, language=language)
    content = time_stamp.handed_out(certificate)
    place = content.rindex(b"/Title") + 12
    upload(client, draft, content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    assert WORDS[language]["altered"] in shown(client, draft)


def test_the_officer_sees_the_verdict_of_now_and_that_of_then_beside_the_file(
    certificate: Instrument, draft: Application, browser: Browser, town: Town
) -> None:
    upload(browser(draft.applicant), draft, time_stamp.handed_out(certificate))
    application = applying.submit(draft, actor=town.layla, at=town.at)
    salem = browser(Person.objects.get(email="salem@mun.example"), language="en")
    address = reverse("desk:application", args=[application.pk])
    page = fine(salem.get(address), 200)
    assert "checked: \u2068Valid\u2069" in page
    assert certificate.number in page
    assert "When it was attached" not in page

    revoked(certificate, town)
    attachment = application.attachments.get(name="certificate.pdf")
    later = verdict_on(attachment, at=town.later(minutes=11))
    assert later is not None
    assert later.word == "revoked"
    page = fine(salem.get(address), 200)
    assert "checked: \u2068Revoked\u2069" in page
    assert "When it was attached: \u2068Valid\u2069" in page


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_of_a_released_document_is_recognised_by_its_code(
    form: str, certificate: Instrument, draft: Application, town: Town
) -> None:
    page = pypdfium2.PdfDocument(time_stamp.handed_out(certificate))[0].render(scale=2).to_pil()
    out = io.BytesIO()
    page.convert("RGB").save(out, form)
    file = SimpleUploadedFile(f"certificate.{form}", out.getvalue())
    attachment = applying.attach(draft, "lease", file, actor=town.layla, at=town.at)
    assert attachment.verdicts.get().word == "valid"
    revoked(certificate, town)
    later = verdict_on(attachment, at=town.later(minutes=11))
    assert later is not None
    assert (later.word, attachment.verdicts.count()) == ("revoked", 2)


def test_an_application_is_locked_only_once_its_file_was_opened(
    certificate: Instrument, draft: Application, town: Town
) -> None:
    """Opening takes seconds, in which what is typed beside it is saved."""

    def locks(content: bytes) -> int:
        file = SimpleUploadedFile("certificate.pdf", content, "application/pdf")
        with CaptureQueriesContext(connection) as asked, suppress(BadFile):
            applying.attach(draft, "lease", file, actor=town.layla, at=town.at)
        return sum("FOR UPDATE" in each["sql"] for each in asked)

    assert locks(b"%PDF-1.7 and no more") == 0
    assert locks(time_stamp.handed_out(certificate)) == 1
    assert draft.attachments.get(name="certificate.pdf").verdicts.get().word == "valid"


def test_a_verdict_that_has_not_changed_is_one_fact_and_stays_as_it_is(
    certificate: Instrument, draft: Application, town: Town
) -> None:
    file = SimpleUploadedFile("certificate.pdf", time_stamp.handed_out(certificate), "application/pdf")
    attachment = applying.attach(draft, "lease", file, actor=town.layla, at=town.at)
    verdict_on(attachment, at=town.later(minutes=11))
    assert attachment.verdicts.count() == 1
    for act in (attachment.verdicts.all().delete, lambda: attachment.verdicts.update(word="revoked")):
        with pytest.raises(IntegrityError, match="facts are written once"), transaction.atomic():
            act()


def test_a_file_without_a_seal_has_no_verdict(draft: Application, town: Town) -> None:
    attachment = Attachment.objects.filter(application=draft).first()
    assert attachment is not None
    assert verdict_on(attachment, at=town.at) is None
    assert not AttachmentVerdict.objects.exists()
    assert towns.layla() == draft.applicant
