"""What a file is taken for, and what of it an officer sees."""

import io

import pikepdf
import pytest
from PIL import Image, ImageCms

from rukhsa.files.accepted import BLANK, REPAIRED, Accepted
from rukhsa.files.errors import Refused
from rukhsa.files.kind import HEIC
from rukhsa.files.safe_copy import LARGEST_SHOWN, accept
from rukhsa_rehearsal.story import samples
from tests.files.pdfs import PAGE, PAGES, holding, written

BOTH = ("pdf", "image")
HTML = b"<html><script>alert(1)</script></html>"


def refusal(content: bytes, words: tuple[str, ...] = BOTH) -> str:
    with pytest.raises(Refused) as refused:
        accept(content, words)
    return refused.value.code


def shown(taken: Accepted) -> Image.Image:
    assert taken.shown_media_type == "image/jpeg"
    return Image.open(io.BytesIO(taken.shown), formats=["JPEG"])


def saved(picture: Image.Image, form: str, **how: object) -> bytes:
    with io.BytesIO() as out:
        picture.save(out, form, **how)
        return out.getvalue()


def left_red() -> Image.Image:
    """Wider than high, red on the left."""
    picture = Image.new("RGB", (64, 32), "white")
    picture.paste("red", (0, 0, 16, 32))
    return picture


def exif(**more: int) -> Image.Exif:
    """As a telephone held on its side writes it, with the place where it was."""
    found = Image.Exif()
    found[0x0112] = more.get("turned", 6)
    found[0x0110] = "Telephone of Layla"
    found.get_ifd(0x8825).update({1: "N", 2: (26.0, 13.0, 24.0), 3: "E", 4: (50.0, 35.0, 15.0)})
    return found


@pytest.mark.parametrize("form", ["WEBP", "AVIF", "TIFF", "PNG", "JPEG"])
def test_every_kind_of_picture_is_shown_as_a_jpeg_upright_and_without_its_place(form: str) -> None:
    taken = accept(saved(left_red(), form, exif=exif()), ("image",))
    assert taken.media_type == f"image/{form.lower()}"
    picture = shown(taken)
    assert picture.size == (32, 64)  # turned by a quarter
    red = picture.convert("RGB").getpixel((16, 4))  # what was left is above
    assert isinstance(red, tuple)
    assert red[0] > 200 > 100 > red[1]
    assert not picture.getexif()
    assert b"Layla" not in taken.shown


def test_a_heic_of_a_telephone_is_told_by_any_of_its_brands() -> None:
    from rukhsa.files.kind import kind_of

    for brands in (b"heic\0\0\0\0mif1heic", b"mif1\0\0\0\0mif1heic", b"msf1\0\0\0\0hevcheic"):
        assert kind_of((8 + len(brands)).to_bytes(4, "big") + b"ftyp" + brands) is HEIC


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_of_any_depth_is_shown(mode: str) -> None:
    assert shown(accept(saved(Image.new(mode, (40, 30)), "PNG"), ("image",))).size == (40, 30)


def test_grey_of_sixteen_bits_keeps_its_brightness() -> None:
    picture = shown(accept(saved(Image.new("I;16", (40, 30), 0x8000), "PNG"), ("image",)))
    assert abs(picture.convert("L").getpixel((5, 5)) - 128) < 4  # type: ignore[operator]


@pytest.mark.parametrize("how", [{}, {"progressive": True}, {"exif": exif(turned=1)}])
def test_a_jpeg_of_four_inks_or_in_several_passes_is_shown(how: dict[str, object]) -> None:
    assert shown(accept(saved(Image.new("CMYK", (40, 30)), "JPEG", **how), ("image",))).mode == "RGB"


def test_what_is_transparent_is_shown_on_white() -> None:
    picture = shown(accept(saved(Image.new("RGBA", (40, 30), (0, 0, 0, 0)), "PNG"), ("image",)))
    assert picture.convert("L").getpixel((5, 5)) == 255


def test_a_picture_keeps_its_colours() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = shown(accept(saved(left_red(), "JPEG", icc_profile=profile), ("image",)))
    assert picture.info["icc_profile"] == profile


def test_a_large_picture_is_shown_no_larger_than_anyone_needs() -> None:
    picture = shown(accept(saved(Image.new("L", (2 * LARGEST_SHOWN, 40)), "JPEG"), ("image",)))
    assert picture.width == LARGEST_SHOWN


def test_a_picture_with_a_page_behind_it_is_shown_without_the_page() -> None:
    taken = accept(samples.photograph() + HTML, ("image",))
    assert taken.media_type == "image/jpeg"
    assert HTML not in taken.shown


def test_a_page_with_a_pdf_behind_it_is_shown_without_the_page() -> None:
    taken = accept(HTML + b"\n" + samples.letter(), ("pdf",))
    assert taken.shown.startswith(b"%PDF-")
    assert HTML not in taken.shown


@pytest.mark.parametrize(
    ("before", "code"),
    [
        (b"MZ\x90\0", "file-of-another-kind"),
        (b"\x7fELF", "file-of-another-kind"),
        (b"#!/bin/sh\n", "file-of-another-kind"),
        (b"PK\x03\x04", "file-for-office"),
    ],
)
def test_a_program_or_an_archive_with_a_pdf_behind_its_beginning_is_refused(before: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        accept(before + bytes(40) + samples.letter(), ("pdf",))
    assert refused.value.code == code


@pytest.mark.parametrize("before", [b"\n", b"\r\n", b"\xef\xbb\xbf", b" " * 1000])
def test_a_pdf_may_begin_with_a_line_or_a_byte_order_mark(before: bytes) -> None:
    assert accept(before + samples.letter(), ("pdf",)).media_type == "application/pdf"


def test_a_pdf_that_was_cut_or_is_followed_by_zeros_is_taken_and_said_to_be_repaired() -> None:
    whole = written("<</Type/Catalog/Pages 2 0 R>>", PAGES, PAGE)
    assert accept(whole, ("pdf",)).notes == (BLANK,)
    assert accept(whole[: whole.index(b"startxref")], ("pdf",)).notes == (REPAIRED, BLANK)
    assert accept(whole + b"\0" * 4096, ("pdf",)).shown


def test_a_pdf_under_a_password_of_its_owner_alone_is_shown_without_it() -> None:
    with pikepdf.open(io.BytesIO(samples.letter())) as document, io.BytesIO() as out:
        document.save(out, encryption=pikepdf.Encryption(owner="owner", user=""))
        content = out.getvalue()
    with pikepdf.open(io.BytesIO(accept(content, ("pdf",)).shown)) as document:
        assert not document.is_encrypted


def test_two_hundred_pages_are_taken_and_no_more() -> None:
    def of(pages: int) -> bytes:
        kids = " ".join(f"{number} 0 R" for number in range(3, 3 + pages))
        tree = f"<</Type/Pages/Count {pages}/Kids[{kids}]>>"
        return written("<</Type/Catalog/Pages 2 0 R>>", tree, *[PAGE] * pages)

    assert accept(of(200), ("pdf",))
    assert refusal(of(201)) == "file-too-long"
    assert refusal(of(0)) == "file-broken"


def test_a_tree_of_pages_that_doubles_at_each_level_is_refused_at_once() -> None:
    levels = [f"<</Type/Pages/Count 1/Kids[{n} 0 R {n} 0 R]>>" for n in range(3, 33)]
    assert refusal(written("<</Type/Catalog/Pages 2 0 R>>", *levels, PAGE)) == "file-broken"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"),
        (b"%PDF-" + b"x" * (10 << 20), "file-too-large"),
        (b"PK\x03\x04" + b"\0" * 50, "file-for-office"),
        (b"GIF89a", "picture-of-another-kind"),
        (b"BM" + b"\0" * 50, "picture-of-another-kind"),
        (HTML, "file-of-another-kind"),
        (b"%PDF-1.7", "file-broken"),
        (holding("42")[:60], "file-broken"),
        (b"\xff\xd8\xff", "picture-broken"),
        (samples.photograph()[:2000], "picture-broken"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "picture-broken"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "picture-broken"),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", "picture-broken"),
        (b"II*\0\x08\0\0\0", "picture-broken"),
        (saved(Image.new("1", (9000, 9000)), "PNG"), "picture-too-large"),
        (
            saved(left_red(), "TIFF", save_all=True, append_images=[left_red()]),
            "picture-of-several-pages",
        ),
    ],
)
def test_what_is_not_taken_has_a_code(content: bytes, code: str) -> None:
    assert refusal(content) == code


def test_a_kind_that_is_not_asked_for_is_refused() -> None:
    assert refusal(samples.letter(), ("image",)) == refusal(samples.photograph(), ("pdf",))
