"""Files that are not what they claim, or are too large."""

from contextlib import ExitStack

import pikepdf
import pytest
import yaml
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from rukhsa import reader
from rukhsa.applications import blobs
from rukhsa.applications.models import Application, Attachment
from rukhsa.catalogue.definition import read_definition_text
from rukhsa.catalogue.problems import DefinitionRefused
from rukhsa.reader import process
from rukhsa_rehearsal.story import samples
from tests.rooms.reader import bombs
from tests.web.inputs.conftest import LANGUAGES, Browser
from tests.web.inputs.nasty import FILES, NAMES, fine

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_not_taken_is_explained(
    kind: str, language: str, draft: Application, browser: Browser
) -> None:
    before = draft.attachments.count()
    client = browser(draft.applicant, language=language)
    name, content, media_type = FILES[kind]
    file = SimpleUploadedFile(name, content, media_type)
    address = reverse("portal:add-file", args=[draft.pk, "lease"])
    response = client.post(address, {"file": file})
    if kind == "odd names":
        fine(response, 302, 422)
        return
    page = fine(response, 422)
    assert f'lang="{language}"' in page
    assert 'class="ds-validation-message' in page or 'class="ds-error-summary' in page
    assert draft.attachments.count() == before


def test_the_same_file_is_taken_when_it_is_whole(draft: Application, browser: Browser) -> None:
    client = browser(draft.applicant)
    file = SimpleUploadedFile("photo.jpg", samples.photograph(), "image/jpeg")
    fine(client.post(reverse("portal:add-file", args=[draft.pk, "lease"]), {"file": file}), 302)
    assert draft.attachments.filter(name="photo.jpg").exists()


def test_files_are_opened_beside_this_process_and_never_in_it(
    draft: Application, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, pdf, photograph = browser(draft.applicant), samples.letter(), samples.photograph()
    reader.start()
    for module, name in ((pikepdf, "open"), (Image, "open"), (zxingcpp, "read_barcodes"), (yaml, "parse")):
        monkeypatch.setattr(module, name, _never)
    address = reverse("portal:add-file", args=[draft.pk, "lease"])
    for sent in (("scan.pdf", pdf, "application/pdf"), ("photo.jpg", photograph, "image/jpeg")):
        fine(client.post(address, {"file": SimpleUploadedFile(*sent)}), 302)
    with pytest.raises(DefinitionRefused):
        read_definition_text("service: &a b", file="proposal.yaml")


def _never(*_: object, **__: object) -> None:
    raise AssertionError("a parser was called in the web process")


def test_a_busy_reader_keeps_the_form_and_says_when_to_come_back(
    draft: Application, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, before = browser(draft.applicant, language="en"), draft.attachments.count()
    address = reverse("portal:add-file", args=[draft.pk, "lease"])
    monkeypatch.setattr(process, "LONGEST_WAIT", 0.01)
    with ExitStack() as at_work:
        for _ in range(process.AT_ONCE):
            at_work.enter_context(process._SLOTS.one())
        file = SimpleUploadedFile("photo.jpg", samples.photograph(), "image/jpeg")
        response = client.post(address, {"file": file})
        assert response.status_code == 503
        assert "in a minute" in response.content.decode()
        assert response["Retry-After"] == "60"
        assert draft.attachments.count() == before
    file = SimpleUploadedFile("photo.jpg", samples.photograph(), "image/jpeg")
    fine(client.post(address, {"file": file}), 302)


def test_a_bomb_is_explained_beside_its_document(draft: Application, browser: Browser) -> None:
    client = browser(draft.applicant, language="en")
    file = SimpleUploadedFile("scan.pdf", bombs.packed_objects(1000), "application/pdf")
    address = reverse("portal:add-file", args=[draft.pk, "lease"])
    assert "too complex to read" in fine(client.post(address, {"file": file}), 422)


def test_a_picture_that_is_a_page_as_well_loses_its_name(draft: Application, browser: Browser) -> None:
    client = browser(draft.applicant)
    page = b"<html><script>alert(1)</script></html>"
    file = SimpleUploadedFile("photo.html", samples.photograph() + page, "text/html")
    fine(client.post(reverse("portal:add-file", args=[draft.pk, "lease"]), {"file": file}), 302)
    attachment = draft.attachments.get(name="photo.html")
    response = client.get(reverse("portal:file", args=[attachment.pk]))
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"] == 'attachment; filename="photo.jpg"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert page not in blobs.fetch(attachment.shown_digest)


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_file_leads_nowhere(name: str, draft: Application, browser: Browser) -> None:
    client = browser(draft.applicant)
    boundary = "----rukhsa"
    body = (
        (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        ).encode()
        + samples.photograph()
        + f"\r\n--{boundary}--\r\n".encode()
    )
    address = reverse("portal:add-file", args=[draft.pk, "lease"])
    fine(client.post(address, body, content_type=f"multipart/form-data; boundary={boundary}"))
    for attachment in Attachment.objects.filter(application=draft):
        assert "/" not in attachment.name
        assert "\\" not in attachment.name
        response = client.get(reverse("portal:file", args=[attachment.pk]))
        fine(response, 200)
        assert response["Content-Disposition"].startswith("attachment")
        assert "sandbox" in response["Content-Security-Policy"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("document", ["unknown", "lease-lease", "x" * 300])
def test_a_document_that_is_not_asked_for_is_refused(
    document: str, language: str, draft: Application, browser: Browser
) -> None:
    file = SimpleUploadedFile("photo.jpg", samples.photograph(), "image/jpeg")
    client = browser(draft.applicant, language=language)
    fine(client.post(reverse("portal:add-file", args=[draft.pk, document]), {"file": file}), 422)


def test_no_file_and_text_in_its_place_are_refused(draft: Application, browser: Browser) -> None:
    client = browser(draft.applicant)
    address = reverse("portal:add-file", args=[draft.pk, "lease"])
    for fields in ({}, {"file": "text"}, {"files": "x"}):
        fine(client.post(address, fields), 422)
