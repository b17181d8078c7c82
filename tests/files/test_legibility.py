"""Pictures that are hard to read are told apart from good ones; a good one is never advised against."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pikepdf
import pytest
import typst
from PIL import Image, ImageDraw, ImageFilter

from rukhsa.applications.file_check import check_and_look
from rukhsa.files.accepted import ADVICE, BLANK, BLURRED, CUT, DARK, SMALL, TURNED
from rukhsa.files.legibility import advice_on
from rukhsa.files.safe_copy import accept
from rukhsa.issuance.compose import FONTS
from rukhsa.reader.task import TASKS
from rukhsa_rehearsal.story import samples

WIDE, HIGH, MARGIN = 1240, 1754, 150  # pixels


@pytest.fixture(scope="module")
def page() -> Image.Image:
    """A page of writing, as a scanner or a good telephone takes it."""
    return drawn("#lorem(450)")


@pytest.fixture(scope="module")
def arabic() -> Image.Image:
    words = "يلتزم صاحب الرخصة بتسييج الموقع ووضع العلامات المرورية وإزالة مخلفات الأعمال بعد انتهائها. "
    return drawn(f'#set text(lang: "ar")\n{words * 25}')


def drawn(words: str) -> Image.Image:
    """A page of A4 at 150 dpi, without a table or a heading."""
    source = f"""
        #set page(width: 210mm, height: 297mm, margin: {MARGIN / 150}in, fill: luma(245))
        #set text(font: ("Libertinus Serif", "Amiri"), size: 12pt, fill: luma(40))
        {words}"""
    png: Any = typst.compile(
        source.encode(), format="png", ppi=150, font_paths=[FONTS], ignore_system_fonts=True
    )
    return Image.open(io.BytesIO(png)).convert("L")


type Spoiled = Callable[[Image.Image], Image.Image]
SPOILED: dict[str, Spoiled] = {
    SMALL: lambda page: page.resize((310, 438)),
    DARK: lambda page: page.point(lambda value: value // 5),
    BLANK: lambda page: Image.new("L", page.size, 240),
    BLURRED: lambda page: page.filter(ImageFilter.GaussianBlur(4)),
    CUT: lambda page: page.crop((MARGIN + 200, 0, WIDE, HIGH)),
    TURNED: lambda page: page.rotate(180),
}


def test_a_good_page_has_no_advice_however_it_lies(page: Image.Image) -> None:
    on_a_table = Image.effect_noise((2400, 2600), 60).point(lambda value: value // 2)
    on_a_table.paste(page.rotate(4, expand=True, fillcolor=70), (300, 300))
    for picture in (page, page.rotate(2, fillcolor=245), page.resize((2480, 3508)), on_a_table):
        assert advice_on(picture) == ()


@pytest.mark.parametrize("what", ADVICE)
def test_what_is_wrong_with_a_picture_is_told(page: Image.Image, what: str) -> None:
    assert advice_on(SPOILED[what](page)) == (what,)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_writing_that_does_not_stand_upright_is_told_in_either_script(
    page: Image.Image, arabic: Image.Image, degrees: int
) -> None:
    for sheet in (page, arabic, page.rotate(1, fillcolor=245), arabic.filter(ImageFilter.GaussianBlur(1))):
        assert advice_on(sheet) == ()
        assert advice_on(sheet.rotate(degrees, expand=True)) == (TURNED,)


def test_a_drawing_has_no_right_way_up() -> None:
    plan = Image.new("L", (1754, 1240), 250)
    draw = ImageDraw.Draw(plan)
    for step in range(12):
        draw.rectangle(
            (80 + step * 60, 80 + step * 40, 1600 - step * 50, 1100 - step * 30), outline=30, width=3
        )
        draw.line((80, 100 + step * 90, 1650, 150 + step * 70), fill=60, width=2)
    for degrees in (0, 90, 180, 270):
        assert advice_on(plan.rotate(degrees, expand=True)) == ()


@pytest.mark.parametrize("what", [SMALL, DARK, BLANK, BLURRED, CUT, TURNED])
def test_what_is_wrong_with_a_page_of_a_scan_is_told(page: Image.Image, what: str) -> None:
    scan = pdf_of(page, SPOILED[what](page))
    assert check_and_look(scan, ("pdf",)).notes == (what,)
    assert check_and_look(pdf_of(page, page), ("pdf",)).notes == ()


def test_a_page_of_a_scan_that_is_turned_back_by_its_file_is_upright(page: Image.Image) -> None:
    with pikepdf.open(io.BytesIO(pdf_of(page.rotate(180)))) as document, io.BytesIO() as out:
        document.pages[0].rotate(180, relative=False)
        document.save(out)
        assert check_and_look(out.getvalue(), ("pdf",)).notes == ()


def test_a_scan_that_cannot_be_looked_at_within_its_limits_is_taken_without_advice(
    page: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = pdf_of(SPOILED[TURNED](page))
    assert check_and_look(scan, ("pdf",)).notes == (TURNED,)
    monkeypatch.setitem(TASKS, "look-at-scans", replace(TASKS["look-at-scans"], answer=8))
    taken = check_and_look(scan, ("pdf",))
    assert (taken.media_type, taken.notes) == ("application/pdf", ())


def pdf_of(*pages: Image.Image) -> bytes:
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=150)
    return out.getvalue()


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
