"""Files that are not what they say, or more than we take."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from rukhsa.applications.models import Attachment
from rukhsa.project.story import samples
from tests.town import Town
from tests.web.inputs.conftest import LANGUAGES, Browser
from tests.web.inputs.nasty import FILES, NAMES, fine

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_not_taken_is_explained(
    kind: str, language: str, town: Town, browser: Browser
) -> None:
    application = town.draft("proof-of-residence")
    before = application.attachments.count()
    client = browser(application.applicant, language=language)
    name, content, media_type = FILES[kind]
    file = SimpleUploadedFile(name, content, media_type)
    address = reverse("portal:add-file", args=[application.pk, "owner-identity"])
    response = client.post(address, {"file": file})
    if kind == "odd names":
        fine(response, 302, 422)
        return
    page = fine(response, 422)
    assert f'lang="{language}"' in page
    assert "ds-validation-message" in page or "ds-error-summary" in page
    assert application.attachments.count() == before


def test_the_same_file_is_taken_when_it_is_whole(town: Town, browser: Browser) -> None:
    application = town.draft("proof-of-residence")
    client = browser(application.applicant)
    file = SimpleUploadedFile("photo.jpg", samples.photograph(), "image/jpeg")
    fine(
        client.post(reverse("portal:add-file", args=[application.pk, "owner-identity"]), {"file": file}), 302
    )
    assert application.attachments.filter(name="photo.jpg").exists()


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_file_leads_nowhere(name: str, town: Town, browser: Browser) -> None:
    application = town.draft("proof-of-residence")
    client = browser(application.applicant)
    boundary = "----rukhsa"
    body = (
        (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        ).encode()
        + samples.photograph()
        + f"\r\n--{boundary}--\r\n".encode()
    )
    address = reverse("portal:add-file", args=[application.pk, "owner-identity"])
    fine(client.post(address, body, content_type=f"multipart/form-data; boundary={boundary}"))
    for attachment in Attachment.objects.filter(application=application):
        assert "/" not in attachment.name
        assert "\\" not in attachment.name
        response = client.get(reverse("portal:file", args=[attachment.pk]))
        fine(response, 200)
        assert response["Content-Disposition"].startswith("attachment")
        assert "sandbox" in response["Content-Security-Policy"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("document", ["unknown", "lease-lease", "x" * 300])
def test_a_document_that_is_not_asked_for_is_refused(
    document: str, language: str, town: Town, browser: Browser
) -> None:
    application = town.draft("proof-of-residence")
    file = SimpleUploadedFile("photo.jpg", samples.photograph(), "image/jpeg")
    client = browser(application.applicant, language=language)
    fine(client.post(reverse("portal:add-file", args=[application.pk, document]), {"file": file}), 422)


def test_no_file_and_text_in_its_place_are_refused(town: Town, browser: Browser) -> None:
    application = town.draft("proof-of-residence")
    client = browser(application.applicant)
    address = reverse("portal:add-file", args=[application.pk, "owner-identity"])
    for fields in ({}, {"file": "text"}, {"files": "x"}):
        fine(client.post(address, fields), 422)
