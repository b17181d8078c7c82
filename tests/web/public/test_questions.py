"""The questions that the server answers for browsers without script: a number, a file."""

import io
import re
from base64 import b64encode
from datetime import UTC, datetime

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from rukhsa.issuance.legacy.legacy_document import LegacyDocument
from rukhsa.verification import rate, upload
from tests.rooms.verification.conftest import Sealed, city, paper, sealed
from tests.web.public.conftest import PublicSite

__all__ = ["city", "paper", "sealed"]


@pytest.fixture
def client(db: None, public_site: PublicSite) -> Client:
    return Client(raise_request_exception=True)


def test_an_absent_number_is_told_in_the_language_of_the_page_and_stays_in_its_field(client: Client) -> None:
    asked = {"number": "CAP-RW-2026-004217-7", "code": "7K3M-9QXD-4T0Z-WH2B"}
    arabic, english = client.post("/number", asked), client.post("/en/number", asked)
    assert (arabic.status_code, english.status_code) == (404, 404)
    assert "لا توجد وثيقة بهذا الرقم" in arabic.text
    assert "No document has this number and code" in english.text
    assert 'value="CAP-RW-2026-004217-7"' in english.text
    assert 'value="7K3M-9QXD-4T0Z-WH2B"' in english.text


def test_an_address_that_leads_nowhere_asks_what_to_check_and_a_program_gets_no_page(client: Client) -> None:
    for address, words in (("/nothing", "لا توجد صفحة هنا"), ("/en/nothing", "This page does not exist")):
        shown = client.get(address, headers={"accept": "text/html,*/*"})
        assert (shown.status_code, words in shown.text) == (404, True)
        asked_for_a_file = client.get(address, headers={"accept": "*/*"})
        assert (asked_for_a_file.status_code, asked_for_a_file.content) == (404, b"")


def test_the_answer_to_a_number_is_kept_by_nobody(client: Client) -> None:
    assert client.post("/number", {"number": "x"}).headers["Cache-Control"] == "no-store"


def test_a_paper_document_says_until_when_it_is_accepted(
    client: Client, paper: LegacyDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2020, 12, 31, 12, 0, tzinfo=UTC))
    before = client.post("/en/number", {"number": paper.number})
    assert "Paper, accepted" in before.text
    assert "Accepted until 31 December 2020" in before.text
    assert paper.holder not in before.text

    monkeypatch.setattr(timezone, "now", lambda: datetime(2021, 1, 1, 12, 0, tzinfo=UTC))
    after = client.post("/number", {"number": paper.number})
    assert "غير مقبولة" in after.text
    assert "كانت مقبولة حتى 31 ديسمبر 2020" in after.text
    assert "اتفقت الجهات الحكومية" in after.text
    for page in (before, after, client.post("/en/number", {"number": paper.number})):
        assert not re.search("genuine, but|is genuine and|الوثيقة صحيحة", page.text)


def test_whoever_asks_too_often_is_told_to_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 24, 9, 0, 30, tzinfo=UTC))
    for _ in range(rate.A_MINUTE["number"]):
        client.post("/en/number", {"number": "x"})
    refused = client.post("/en/number", {"number": "x"})
    assert refused.status_code == 429
    assert "Try again in a minute" in refused.text


def test_a_strangers_file_is_not_one_of_ours_and_one_that_is_missing_or_empty_is_asked_for(
    client: Client,
) -> None:
    theirs = client.post("/en/file", {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7 nothing")})
    assert (theirs.status_code, "Not one of ours" in theirs.text) == (200, True)
    assert "Altered or forged" not in theirs.text
    for asked in ({}, {"file": SimpleUploadedFile("a.pdf", b"")}):
        refused = client.post("/en/file", asked)
        assert (refused.status_code, "not empty" in refused.text) == (400, True)


def picture_of(text: str, *, size: int = 0) -> bytes:
    """A picture of a code, of at least so many bytes: what follows its end is not drawn."""
    out = io.BytesIO()
    segno.make(text, error="M").save(out, kind="png", scale=4)
    return out.getvalue().ljust(size, b"\0")


def test_without_scripts_a_picture_is_shown_again_beside_the_facts(
    client: Client, public_site: PublicSite
) -> None:
    picture = picture_of(public_site.texts["valid"])
    page = client.post("/en/file", {"file": SimpleUploadedFile("a.png", picture)})
    assert f'src="data:image/png;base64,{b64encode(picture).decode()}"' in page.text
    assert 'alt="The picture to check"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "img-src 'self' data:" in page.headers["Content-Security-Policy"]
    arabic = client.post("/file", {"file": SimpleUploadedFile("a.png", picture)})
    assert 'alt="الصورة المقدمة للتحقق"' in arabic.text


def test_a_picture_is_not_shown_again_where_it_is_too_large_or_nothing_is_to_be_compared(
    client: Client, public_site: PublicSite
) -> None:
    large = picture_of(public_site.texts["valid"], size=upload.MAXIMUM_SHOWN + 1)
    page = client.post("/en/file", {"file": SimpleUploadedFile("a.png", large)})
    assert ('src="data:image' in page.text, "too large to show here" in page.text) == (False, True)
    for text in (public_site.texts["altered"], "https://www.town.example/"):
        page = client.post("/en/file", {"file": SimpleUploadedFile("a.png", picture_of(text))})
        assert ('src="data:image' in page.text, 'data-part="submitted" hidden' in page.text) == (False, True)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(client: Client) -> None:
    large = SimpleUploadedFile("large.pdf", b"%PDF" + bytes(17 << 20))
    refused = client.post("/en/file", {"file": large})
    assert (refused.status_code, "larger than 16 MB" in refused.text) == (413, True)


def test_where_nothing_is_published_a_question_waits_and_nothing_breaks(
    client: Client, public_site: PublicSite
) -> None:
    (public_site.folder / "trust-list.jws").unlink()
    asked = client.post("/en/file", {"file": SimpleUploadedFile("a.pdf", b"%PDF")})
    assert (asked.status_code, asked.headers["Retry-After"]) == (503, "60")


def test_a_question_is_posted_and_never_an_address(client: Client) -> None:
    assert client.get("/number", {"number": "x"}).status_code == 405


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_number_may_be_typed_in_arabic_digits(verifier_process: None, sealed: Sealed) -> None:
    arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    typed = {"number": sealed.number.translate(arabic), "code": sealed.code.translate(arabic)}
    assert 'data-word="valid"' in Client().post("/en/number", typed).text


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_released_document_is_found_by_number_and_by_file(verifier_process: None, sealed: Sealed) -> None:
    client = Client()
    found = client.post("/en/number", {"number": sealed.number, "code": sealed.code})
    assert 'data-word="valid"' in found.text
    assert "NORA WHITFIELD" in found.text
    by_file = client.post("/file", {"file": SimpleUploadedFile("permit.pdf", sealed.pdf)})
    assert "سارية" in by_file.text
    assert "لا يحمل الملف ختمًا زمنيًا" in by_file.text
    in_english = client.post("/en/file", {"file": SimpleUploadedFile("permit.pdf", sealed.pdf)})
    assert "The file carries no time stamp" in in_english.text
