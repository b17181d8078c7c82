"""Reads a finished file back before its release: its QR, text and attachments must be those of its page."""

from collections import Counter
from collections.abc import Iterable
from ctypes import byref, c_float, c_int, c_uint
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image
from pypdfium2 import raw

from rukhsa.issuance.errors import ReleaseRefused
from rukhsa.issuance.gate import examine, legible
from rukhsa.issuance.page_picture import MILLIMETRE, opened, picture
from rukhsa.issuance.printed_page import Page, in_words
from rukhsa.trust.printed import PDFIUM, WORD, plain
from rukhsa.values.names import Text

WHITE: Final = 255  # the least of red, green, blue and opacity of what counts as white


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a file holds: the QR as a picture at 200 dpi without what is around it, the text, the attachments."""

    picture: Image.Image
    text: str
    attached: dict[str, bytes]


def read_back(pdf: bytes, page: Page) -> Reading:
    """Compare a finished file with its page, and return what was read, for closer looks.

    1. The QR has the text of the seal and is legible: `gate.legible.require`. A code whose worn copy a decoder misses,
       one in a thousand, is tried after every wear that it must survive: `gate.examine.require`.
    2. Every word of the facts comes back from the text, with number, code and address whole.
    3. The attachments are those of the page, byte for byte.

    Raises `ReleaseRefused` with one of: qr-not-found, qr-differs, qr-too-fine, qr-too-close, qr-too-pale,
    qr-not-legible, text-differs, attachments-differ, unreadable.
    """
    reading = _reading_of(pdf)
    try:
        if not legible.require(reading.picture, page.qr_text):  # 1
            examine.require(pdf, text=page.qr_text)
    except legible.NotLegible as fault:
        raise ReleaseRefused(fault.code, fault.detail) from fault
    _compare_text(reading.text, page)  # 2
    _compare_attachments(reading.attached, page)  # 3
    return reading


def _reading_of(pdf: bytes) -> Reading:
    with PDFIUM:
        document = opened(pdf)
        try:
            # Each page is loaded once: that takes longer than to draw it or to extract its text.
            leaves = list(document)
            return Reading(
                picture=_picture_of_qr(leaves[-1]),
                text=_text_of(leaves),
                attached=_attachments(document),
            )
        finally:
            document.close()


def _picture_of_qr(leaf: Any) -> Image.Image:
    """Draw the QR alone, by its white square: to draw the whole page takes five times as long."""
    squares = [each for each in _squares(leaf) if each[0][2] - each[0][0] >= 28 * MILLIMETRE]
    if not squares:
        raise ReleaseRefused("qr-not-found", "no square of 28 mm on the last page")
    # White before any other: what a map shows may be square and larger than the code.
    left, bottom, right, top = max(squares, key=lambda each: (each[1], each[0][2] - each[0][0]))[0]
    width, height = leaf.get_size()
    # One dot more on every side, since the cut may take one: otherwise the white around a fine code seems too narrow.
    dot = 72 / legible.DOTS_PER_INCH
    crop = (max(left - dot, 0), max(bottom - dot, 0), width - right - dot, height - top - dot)
    return picture(leaf, legible.DOTS_PER_INCH, crop)


def _squares(leaf: Any) -> Iterable[tuple[tuple[float, float, float, float], bool]]:
    """Left, bottom, right, top of every square drawn on a page, in points, and whether it is filled with white."""
    sides = tuple(c_float() for _ in range(4))
    shades = tuple(c_uint() for _ in range(4))
    fill, stroke = c_int(), c_int()
    left, bottom, right, top = sides
    for number in range(raw.FPDFPage_CountObjects(leaf)):
        drawn = raw.FPDFPage_GetObject(leaf, number)
        if raw.FPDFPageObj_GetType(drawn) != raw.FPDF_PAGEOBJ_PATH:
            continue
        has_bounds = raw.FPDFPageObj_GetBounds(drawn, *map(byref, sides))
        if has_bounds and abs((right.value - left.value) - (top.value - bottom.value)) < 1:
            raw.FPDFPath_GetDrawMode(drawn, byref(fill), byref(stroke))
            raw.FPDFPageObj_GetFillColor(drawn, *map(byref, shades))
            is_white = fill.value != 0 and all(shade.value >= WHITE for shade in shades)
            yield (left.value, bottom.value, right.value, top.value), is_white


def _text_of(leaves: Iterable[Any]) -> str:
    return "\n".join(leaf.get_textpage().get_text_range() for leaf in leaves)


def _compare_text(found: str, page: Page) -> None:
    text = plain(found)
    for whole in (page.number, page.verification_code, page.verifier):
        if whole not in text:
            raise ReleaseRefused("text-differs", "a number, a code or the address does not come back whole")
    missing = Counter(WORD.findall(plain(" ".join(printed(page))))) - Counter(WORD.findall(text))
    if missing:
        raise ReleaseRefused("text-differs", f"{missing.total()} words do not come back")


def printed(page: Page) -> list[str]:
    """Every text of the page that must be in the file, in each of its languages."""
    texts = [page.authority, page.country, page.title, *page.conditions]
    if page.statement:
        texts.append(page.statement)
    lines = _said(in_words(page.issued), page.languages[:1])
    lines += _said(page.issued_hijri, page.languages[:1]) if page.issued_hijri else []
    lines += [line for text in texts for line in _said(text, page.languages)]
    for row in (*page.rows, *page.beside):
        lines += _said(row.label, page.languages)
        lines += [row.value] if isinstance(row.value, str) else _said(row.value, page.languages)
    return lines


def _said(text: Text, languages: tuple[str, ...]) -> list[str]:
    """A text in these languages, without repetition."""
    return list(dict.fromkeys(text.in_language(language) for language in languages))


def _attachments(document: Any) -> dict[str, bytes]:
    attached = [document.get_attachment(number) for number in range(document.count_attachments())]
    return {attachment.get_name(): bytes(attachment.get_data()) for attachment in attached}


def _compare_attachments(attached: dict[str, bytes], page: Page) -> None:
    if attached != {each.name: each.content for each in page.attachments}:
        raise ReleaseRefused("attachments-differ")
