"""Files that are not what they say, or more than we take."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from rukhsa.applications.models import Application, Attachment
from rukhsa.project.story import samples
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
    address = reverse("portal:add-file", args=[draft.pk, "owner-identity"])
    response = client.post(address, {"file": file})
    if kind == "odd names":
        fine(response, 302, 422)
        return
    page = fine(response, 422)
    assert f'lang="{language}"' in page
    assert "ds-validation-message" in page or "ds-error-summary" in page
    assert draft.attachments.count() == before


def test_the_same_file_is_taken_when_it_is_whole(draft: Application, browser: Browser) -> None:
    client = browser(draft.applicant)
    file = SimpleUploadedFile("photo.jpg", samples.photograph(), "image/jpeg")
    fine(client.post(reverse("portal:add-file", args=[draft.pk, "owner-identity"]), {"file": file}), 302)
    assert draft.attachments.filter(name="photo.jpg").exists()


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
    address = reverse("portal:add-file", args=[draft.pk, "owner-identity"])
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
    address = reverse("portal:add-file", args=[draft.pk, "owner-identity"])
    for fields in ({}, {"file": "text"}, {"files": "x"}):
        fine(client.post(address, fields), 422)
