"""A file that is hard to read is taken; its sender is told what to do, and may send it all the same."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from rukhsa.applications.models import Application
from rukhsa.web.attached import notes_beside
from tests import applicants

pytestmark = pytest.mark.django_db
SLOT = "deed"


def picture(brightness: int) -> SimpleUploadedFile:
    out = BytesIO()
    noise = Image.effect_noise((900, 700), 80).point(lambda value: value * brightness // 255)
    noise.save(out, "PNG")
    return SimpleUploadedFile("card.png", out.getvalue(), content_type="image/png")


def attach(browser: Client, draft: Application, brightness: int) -> str:
    answer = browser.post(
        f"/applications/{draft.pk}/documents/{SLOT}", {"file": picture(brightness)}, follow=True
    )
    return answer.content.decode()


def test_a_dark_picture_is_attached_with_advice_and_sent_anyway(
    browser: Client, answered: Application
) -> None:
    assert "very dark" in attach(browser, answered, 40)
    file = answered.attachments.present().get()
    arabic = applicants.signed_in(answered.applicant, language="ar")
    assert "الصورة داكنة جدًا" in arabic.get(f"/applications/{answered.pk}/documents").content.decode()
    told = browser.post(f"/files/{file.pk}/keep", follow=True).content.decode()
    assert "very dark" not in told
    file.refresh_from_db()
    assert [str(note) for note in notes_beside(file)] == [
        "The picture may be too dark to read.",
        "The applicant was told this and sent the file all the same.",
    ]


def test_a_bright_one_has_none(browser: Client, answered: Application) -> None:
    assert "data-advice" not in attach(browser, answered, 255)


def test_advice_keeps_nothing_from_being_submitted(browser: Client, answered: Application) -> None:
    attach(browser, answered, 40)
    browser.post(f"/applications/{answered.pk}/review")
    answered.refresh_from_db()
    assert answered.reference
