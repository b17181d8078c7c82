"""The document: what it prints, how large its QR is, and that it is the same every time."""

import dataclasses
import subprocess
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
import segno
from segno import consts

from rukhsa.issuance import readback
from rukhsa.issuance.compose import QUIET_ZONE, TEMPLATE, CannotCompose, compose, draw_code, template_of
from rukhsa.issuance.errors import ReleaseRefused
from rukhsa.issuance.page_picture import MILLIMETRE
from rukhsa.issuance.printed_page import PaperSize, in_words
from rukhsa.values.names import Text
from tests import opinions
from tests.rooms.issuance.sheets import QR_TEXT, english_only, overflowing, road_works


def test_the_same_page_gives_the_same_bytes() -> None:
    assert compose(road_works()) == compose(road_works())


def test_another_number_gives_other_bytes() -> None:
    assert compose(road_works()) != compose(road_works(number="CAP-RW-2026-004218-5"))


def test_a_territory_may_bring_a_template_of_its_own(tmp_path: Path) -> None:
    assert template_of(tmp_path) == TEMPLATE
    (tmp_path / "documents").mkdir()
    own = tmp_path / "documents/instrument.typ"
    own.write_text(
        "#let instrument(page, crest, qr) = ["
        '#set text(font: "Amiri", lang: "en")\n#set document(title: "Own")\nOur own #page.number]'
    )
    assert template_of(tmp_path) == own
    document = pypdfium2.PdfDocument(compose(english_only(), template=own))
    assert "Our own CAP-RW-2026-004217-7" in document[0].get_textpage().get_text_range()


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("us-letter", (612, 792))])
def test_the_page_is_of_the_territory_s_paper(paper: PaperSize, size: tuple[int, int]) -> None:
    document = pypdfium2.PdfDocument(compose(dataclasses.replace(english_only(), paper=paper)))
    assert len(document) == 1
    assert tuple(map(round, document[0].get_size())) == size


def test_facts_that_fit_stand_on_one_page_and_many_conditions_on_two() -> None:
    assert len(pypdfium2.PdfDocument(compose(road_works()))) == 1
    assert len(pypdfium2.PdfDocument(compose(overflowing()))) == 2


@pytest.mark.parametrize("page", [road_works(), overflowing(), english_only()], ids=["one", "two", "english"])
def test_poppler_gives_back_every_word_that_is_printed(page: readback.Page, tmp_path: Path) -> None:
    pdftotext = opinions.program("pdftotext", package="poppler-utils")
    file = tmp_path / "document.pdf"
    file.write_bytes(compose(page))
    text = subprocess.run([pdftotext, str(file), "-"], capture_output=True, text=True, check=True).stdout

    readback._compare_text(text, page)


@pytest.mark.parametrize("page", [road_works(), overflowing(), english_only()], ids=["one", "two", "english"])
def test_pdfium_gives_back_every_word_that_is_printed(page: readback.Page) -> None:
    readback._compare_text(readback._text_of(pypdfium2.PdfDocument(compose(page))), page)


def test_english_lines_of_an_arabic_document_come_back_in_order() -> None:
    file = compose(road_works())
    assert "Road works licence" in readback._text_of(pypdfium2.PdfDocument(file))
    # Negative control: with the direction that typst writes, pdfium returns them backwards.
    backwards = file.replace(b"/Direction/L2R", b"/Direction/R2L")
    assert "Road works licence" not in readback._text_of(pypdfium2.PdfDocument(backwards))


def test_a_page_in_one_language_has_no_arabic_in_it() -> None:
    text = readback._text_of(pypdfium2.PdfDocument(compose(english_only())))
    assert not any("ARABIC" in unicodedata.name(letter, "") for letter in text)


def test_a_specimen_says_so_across_the_page_and_an_instrument_does_not() -> None:
    said = {
        specimen: readback._text_of(pypdfium2.PdfDocument(compose(road_works(specimen=specimen))))
        for specimen in (True, False)
    }
    assert "SPECIMEN" in said[True]
    assert "SPECIMEN" not in said[False]


def test_a_letter_that_the_font_lacks_is_refused() -> None:
    with pytest.raises(CannotCompose):
        compose(road_works(title=Text(ar="رخصة 漢字", en="Licence")))


def test_what_is_printed_cannot_leave_its_quotation_marks() -> None:
    typed = 'a"), panic("b\\'
    row = dataclasses.replace(road_works().rows[0], value=typed)
    text = readback._text_of(pypdfium2.PdfDocument(compose(road_works(rows=(row,)))))
    assert typed in text


def test_threads_compose_side_by_side() -> None:
    pages = [road_works(number=f"CAP-RW-2026-{number:06d}-7") for number in range(6)]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(compose, pages)) == [compose(page) for page in pages]


def test_the_printed_modules_are_at_least_two_fifths_of_a_millimetre() -> None:
    for digits in (100, 663, 790, 870):
        symbol = draw_code("https://v.mun.example/#" + "7" * digits)
        assert symbol.module_mm >= 0.40 - 1e-9
        assert 28 <= symbol.side_mm <= 31
    leaf = pypdfium2.PdfDocument(compose(road_works()))[0]
    squares = [right - left for (left, _, right, _), _ in readback._squares(leaf)]
    symbol = draw_code(QR_TEXT)
    quiet = 2 * QUIET_ZONE * symbol.module_mm
    assert max(squares) / MILLIMETRE == pytest.approx(symbol.side_mm + quiet, abs=0.1)


def test_the_symbol_is_as_small_as_its_segments_allow() -> None:
    address, digits = QR_TEXT.split("#")
    segments = [(address + "#", consts.MODE_BYTE), (digits, consts.MODE_NUMERIC)]
    reference = segno.make(segments, error="M", micro=False, boost_error=False)
    assert draw_code(QR_TEXT).modules == len(tuple(reference.matrix))


def test_dates_are_in_words_with_latin_digits() -> None:
    assert in_words(date(2020, 11, 1)) == Text(ar="1 نوفمبر 2020", en="1 November 2020")


def test_the_three_attachments_are_in_the_file() -> None:
    page = road_works()
    document = pypdfium2.PdfDocument(compose(page))
    names = {document.get_attachment(number).get_name() for number in range(document.count_attachments())}
    assert names == {"seal.cwt", "facts.json", "seal.tlog-proof"}
    with pytest.raises(ReleaseRefused, match="attachments-differ"):
        readback._compare_attachments(
            readback._attachments(document), dataclasses.replace(page, attachments=())
        )


def test_a_code_of_the_widest_letters_stays_on_one_line() -> None:
    page = road_works(verification_code="WWWW-WWWW-WWWW-WWWW", number="MMM-WW-2026-004217-W")
    readback.read_back(compose(page), page)
