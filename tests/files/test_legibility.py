"""Pictures that are hard to read are told apart from good ones; a good one is never advised against."""

import io
from collections.abc import Callable

import pikepdf
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from rukhsa.files.accepted import ADVICE, BLANK, BLURRED, CUT, DARK, SMALL
from rukhsa.files.legibility import advice_on
from rukhsa.files.safe_copy import accept
from rukhsa_rehearsal.story import samples

WIDE, HIGH, MARGIN = 1240, 1754, 150


@pytest.fixture(scope="module")
def page() -> Image.Image:
    """A page of writing, as a scanner or a good telephone takes it."""
    sheet = Image.new("L", (WIDE, HIGH), 245)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(26)
    for line in range(38):
        words = " ".join(f"Licence {line * number} of road {number}" for number in range(2, 5))
        draw.text((MARGIN, MARGIN + line * 38), words, fill=40, font=font)
    return sheet


type Spoiled = Callable[[Image.Image], Image.Image]
SPOILED: dict[str, Spoiled] = {
    SMALL: lambda page: page.resize((310, 438)),
    DARK: lambda page: page.point(lambda value: value // 5),
    BLANK: lambda page: Image.new("L", page.size, 240),
    BLURRED: lambda page: page.filter(ImageFilter.GaussianBlur(4)),
    CUT: lambda page: page.crop((MARGIN + 200, 0, WIDE, HIGH)),
}


def test_a_good_page_has_no_advice_however_it_lies(page: Image.Image) -> None:
    on_a_table = Image.effect_noise((2400, 2600), 60).point(lambda value: value // 2)
    on_a_table.paste(page.rotate(4, expand=True, fillcolor=70), (300, 300))
    for picture in (page, page.rotate(90, expand=True), page.resize((2480, 3508)), on_a_table):
        assert advice_on(picture) == ()


def test_a_page_upside_down_is_not_told(page: Image.Image) -> None:
    """Which way letters look cannot be told soundly here; how the telephone was held is in the file, and mended."""
    assert advice_on(page.rotate(180)) == ()


@pytest.mark.parametrize("what", ADVICE)
def test_what_is_wrong_with_a_picture_is_told(page: Image.Image, what: str) -> None:
    assert advice_on(SPOILED[what](page)) == (what,)


def test_a_file_with_advice_is_taken(page: Image.Image) -> None:
    out = io.BytesIO()
    SPOILED[BLURRED](page).save(out, "JPEG", quality=85)
    taken = accept(out.getvalue(), ("image",))
    assert taken.notes == (BLURRED,)
    assert taken.shown


def test_a_pdf_without_anything_on_its_pages_is_told() -> None:
    with pikepdf.new() as document, io.BytesIO() as out:
        document.add_blank_page()
        document.save(out)
        assert accept(out.getvalue(), ("pdf",)).notes == (BLANK,)
    assert accept(samples.letter(), ("pdf",)).notes == ()
