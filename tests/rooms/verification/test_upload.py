"""A file becomes a verdict: the released PDF, a picture of its code, and everything else that people send."""

from io import BytesIO

import pypdfium2
import pytest
from django.utils import timezone
from PIL import Image

from rukhsa.reader.warm import HEIC
from rukhsa.trust.verdict import Verdict
from rukhsa.verification import own_verifier
from rukhsa.verification.upload import NothingToVerify, verify_file
from tests.rooms.verification.conftest import Sealed

pytestmark = pytest.mark.slow


def verdict_on(data: bytes) -> Verdict:
    return verify_file(BytesIO(data), at=timezone.now())


def picture_of(pdf: bytes, *, scale: float = 3, form: str = "JPEG") -> bytes:
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=scale).to_pil()
    out = BytesIO()
    how = {"compression": "tiff_lzw"} if form == "TIFF" else {"quality": 60}
    page.convert("RGB").save(out, form, **how)
    return out.getvalue()


def test_the_released_file_is_valid_and_one_byte_more_or_changed_is_not(sealed: Sealed) -> None:
    assert verdict_on(sealed.pdf).word == "valid"
    assert verdict_on(sealed.pdf + b"\n").word == "altered"
    changed = bytearray(sealed.pdf)
    changed[len(changed) // 3] ^= 1
    assert verdict_on(bytes(changed)).word == "altered"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_a_photograph_of_the_page_is_read_by_its_code(sealed: Sealed, form: str) -> None:
    assert verdict_on(picture_of(sealed.pdf, form=form)).word == "valid"


def test_a_heic_of_a_telephone_is_opened_and_not_called_another_s(sealed: Sealed) -> None:
    with pytest.raises(NothingToVerify):  # a grey square
        verdict_on(HEIC)


def test_a_broken_picture_of_a_telephone_has_nothing_to_verify(sealed: Sealed) -> None:
    with pytest.raises(NothingToVerify):
        verdict_on(HEIC[:80])


def test_a_picture_without_a_code_is_neither_genuine_nor_forged(sealed: Sealed) -> None:
    out = BytesIO()
    Image.new("L", (400, 400), 255).save(out, "PNG")
    with pytest.raises(NothingToVerify):
        verdict_on(out.getvalue())


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(sealed: Sealed) -> None:
    out = BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    with pytest.raises(NothingToVerify):
        verdict_on(out.getvalue())


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"\xd2\x84", b"PK\x03\x04" * 99, b"https://a.example/"])
def test_what_bears_no_mark_of_ours_is_not_one_of_ours_and_never_an_error(
    sealed: Sealed, data: bytes
) -> None:
    assert verdict_on(data).word == "not-ours"


def test_a_cut_code_of_ours_is_altered(sealed: Sealed) -> None:
    assert verdict_on(f"https://{own_verifier.host()}/#123".encode()).word == "altered"
