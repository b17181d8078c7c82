"""Files arrive in pieces and go on after a cut; several at once; replaced, removed and brought back."""

import base64
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from PIL import Image

from rukhsa.applications import attachment, upload_in_pieces
from rukhsa.applications.known import documents_wanted
from rukhsa.applications.models import Application, Attachment, Upload, UploadPiece
from rukhsa.verification import rate
from rukhsa.web.portal import attachments
from tests import applicants

pytestmark = pytest.mark.django_db
SLOT = "deed"
PIECES = "application/offset+octet-stream"


def content() -> bytes:
    return applicants.picture().read()


def begin(browser: Client, draft: Application, size: int, name: str = "بطاقة.png") -> HttpResponse:
    metadata = f"filename {base64.b64encode(name.encode()).decode()}"
    headers = {"Upload-Length": str(size), "Upload-Metadata": metadata}
    return browser.post(f"/applications/{draft.pk}/documents/{SLOT}/uploads", headers=headers)


def send(browser: Client, address: str, piece: bytes, offset: int) -> HttpResponse:
    return browser.patch(address, piece, content_type=PIECES, headers={"Upload-Offset": str(offset)})


def names(draft: Application) -> list[str]:
    return [file.name for file in draft.attachments.present().order_by("added_at")]


def test_a_file_in_pieces_goes_on_after_a_cut_where_it_stopped(
    browser: Client, answered: Application
) -> None:
    whole = content()
    address = begin(browser, answered, len(whole))["Location"]
    assert send(browser, address, whole[:10], 0)["Upload-Offset"] == "10"
    assert browser.head(address)["Upload-Offset"] == "10"
    again = send(browser, address, whole[:10], 0)
    assert (again.status_code, again["Upload-Offset"]) == (409, "10")
    assert send(browser, address, whole[10:], 10).status_code == 204
    assert names(answered) == ["بطاقة.png"]
    assert not Upload.objects.exists()
    assert not UploadPiece.objects.exists()


def test_a_file_that_cannot_be_read_is_refused_in_words_and_nothing_of_it_stays(
    browser: Client, answered: Application
) -> None:
    address = begin(browser, answered, 4)["Location"]
    refused = send(browser, address, b"abcd", 0)
    assert refused.status_code == 422
    assert refused.json()["detail"]
    assert names(answered) == []
    assert not Upload.objects.exists()


@pytest.mark.parametrize(("size", "code"), [(0, "file-empty"), (10 * 1024 * 1024 + 1, "file-too-large")])
def test_an_empty_or_too_large_file_is_refused_before_it_is_sent(
    size: int, code: str, browser: Client, answered: Application
) -> None:
    refused = begin(browser, answered, size)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


def test_no_more_is_taken_than_was_announced(browser: Client, answered: Application) -> None:
    address = begin(browser, answered, 4)["Location"]
    assert send(browser, address, b"abcde", 0).status_code == 422


def test_an_upload_is_its_applicants_alone(browser: Client, answered: Application) -> None:
    address = begin(browser, answered, 4)["Location"]
    other = applicants.signed_in(applicants.neighbour())
    assert other.head(address).status_code == 404
    assert send(other, address, b"abcd", 0).status_code == 404
    assert other.delete(address).status_code == 404
    assert begin(other, answered, 4).status_code == 404
    assert browser.delete(address).status_code == 204
    assert browser.head(address).status_code == 404


def test_a_forged_piece_is_refused(answered: Application) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(answered.applicant, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert begin(browser, answered, 4).status_code == 403


def test_what_waits_for_a_day_is_deleted_and_ten_at_once_are_enough(
    browser: Client, answered: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = begin(browser, answered, 4)["Location"]
    Upload.objects.update(begun_at=timezone.now() - upload_in_pieces.LASTS - timedelta(minutes=1))
    begin(browser, answered, 4)
    assert not Upload.objects.filter(pk=UUID(first.rpartition("/")[2])).exists()
    monkeypatch.setattr(upload_in_pieces, "MOST", 1)
    assert begin(browser, answered, 4).status_code == 422


def test_one_persons_files_have_a_budget_a_minute_and_what_is_over_it_is_sent_again(
    browser: Client, answered: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rate.A_MINUTE, "upload", 1)
    page = f"/applications/{answered.pk}/documents/{SLOT}"
    first, second = (SimpleUploadedFile(f"{name}.png", content()) for name in ("one", "two"))
    assert browser.post(page, {"file": first}).status_code == 302
    refused = browser.post(page, {"file": second})
    assert refused.status_code == 503
    assert "Send it again in a minute" in refused.text
    address = begin(browser, answered, len(content()))["Location"]
    told = send(browser, address, content(), 0)
    assert (told.status_code, told.json()["code"]) == (503, "reader-busy")
    assert names(answered) == ["one.png"]


def test_a_removed_file_comes_back(browser: Client, complete: Application) -> None:
    file = Attachment.objects.get()
    gone = browser.post(f"/files/{file.pk}/remove", follow=True).content.decode()
    assert names(complete) == []
    assert f'action="/files/{file.pk}/restore"' in gone
    assert "Undo" in gone
    browser.post(f"/files/{file.pk}/restore")
    assert names(complete) == [file.name]


def test_a_second_file_takes_the_place_of_the_only_one(
    browser: Client, complete: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = browser.get(f"/applications/{complete.pk}/documents").content.decode()
    assert "Choose files" in page
    assert "Replace the file" not in page
    complete.refresh_from_db()
    one = [each.model_copy(update={"at_most": 1}) for each in documents_wanted(complete, complete.answers)]
    for module in (attachment, attachments):
        monkeypatch.setattr(module, "documents_wanted", lambda *_: one)
    assert "Replace the file" in browser.get(f"/applications/{complete.pk}/documents").content.decode()
    newer = SimpleUploadedFile("newer.png", _other(), content_type="image/png")
    browser.post(f"/applications/{complete.pk}/documents/{SLOT}", {"file": newer})
    assert names(complete) == ["newer.png"]
    bad = SimpleUploadedFile("bad.png", b"bad", content_type="image/png")
    browser.post(f"/applications/{complete.pk}/documents/{SLOT}", {"file": bad})
    assert names(complete) == ["newer.png"], "a file that is refused replaces nothing"


def test_the_preview_is_the_safe_copy_and_runs_nothing(browser: Client, complete: Application) -> None:
    file = Attachment.objects.get()
    seen = browser.get(f"/files/{file.pk}/view")
    assert seen["Content-Type"] == "image/jpeg"
    assert b"".join(seen.streaming_content)[:2] == b"\xff\xd8"  # type: ignore[attr-defined]
    assert "script-src" not in seen["Content-Security-Policy"]
    assert "default-src 'none'" in seen["Content-Security-Policy"]
    other = applicants.signed_in(applicants.neighbour())
    assert other.get(f"/files/{file.pk}/view").status_code == 404


def _other() -> bytes:
    out = BytesIO()
    Image.new("RGB", (60, 40), "grey").save(out, "PNG")
    return out.getvalue()
