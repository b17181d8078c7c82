"""The last look before release: what a phone and an extractor read from the file is what was sealed and meant."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import pypdfium2
import zxingcpp
from PIL import Image, ImageEnhance, ImageFilter
from pypdfium2 import raw

from rukhsa.issuance.page import Page, in_words
from rukhsa.trust.printed import PDFIUM, WORD, plain
from rukhsa.values.names import Text

MILLIMETRE: Final = 72 / 25.4  # in points
DOTS_PER_INCH: Final = 200
_QR: Final = zxingcpp.barcode_formats_from_str("QRCode")


class ReleaseRefused(RuntimeError):
    """The file does not say what was sealed; `code` says in what, and the file is not handed out."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


def read_back(pdf: bytes, page: Page) -> None:
    """Compare a finished file with the page it was set from.

    1. The QR reads from a clean picture at 200 dpi, and is the seal's own text.
    2. It reads from a poor copy as well.
    3. Every word of the facts comes back from the text, and number, code and address whole.
    4. The attachments are those of the page, byte for byte.

    Raises `ReleaseRefused` with one of: qr-not-found, qr-differs, qr-not-legible, text-differs,
    attachments-differ, unreadable.
    """
    with PDFIUM:
        document = _opened(pdf)
        try:
            picture, text, attached = _picture_of_qr(document), _text_of(document), _attachments(document)
        finally:
            document.close()
    _compare_qr(_read(picture), page.qr_text)  # 1
    if _read(_poor_copy(picture)) != [page.qr_text]:  # 2
        raise ReleaseRefused("qr-not-legible", "a poor copy does not read")
    _compare_text(text, page)  # 3
    _compare_attachments(attached, page)  # 4


def _opened(pdf: bytes) -> Any:
    try:
        return pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise ReleaseRefused("unreadable", str(error)) from error


def _picture_of_qr(document: Any) -> Image.Image:
    """Cut the QR out by its white square: reading the whole page takes five times as long."""
    leaf = document[len(document) - 1]
    squares = [bounds for bounds in _squares(leaf) if bounds[2] - bounds[0] >= 28 * MILLIMETRE]
    if not squares:
        raise ReleaseRefused("qr-not-found", "no square of 28 mm on the last page")
    left, bottom, right, top = max(squares, key=lambda bounds: bounds[2] - bounds[0])
    width, height = leaf.get_size()
    crop = (left, bottom, width - right, height - top)
    bitmap = leaf.render(scale=DOTS_PER_INCH / 72, crop=crop, grayscale=True)
    try:
        return Image.Image.copy(bitmap.to_pil())
    finally:
        bitmap.close()


def _squares(leaf: Any) -> Iterable[tuple[float, float, float, float]]:
    for drawn in leaf.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=1):
        left, bottom, right, top = drawn.get_bounds()
        if abs((right - left) - (top - bottom)) < 1:
            yield left, bottom, right, top


def _read(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture, formats=_QR)]


def _compare_qr(found: list[str], wanted: str) -> None:
    if not found:
        raise ReleaseRefused("qr-not-found", "a clean picture does not read")
    if found != [wanted]:
        raise ReleaseRefused("qr-differs")


def _poor_copy(picture: Image.Image) -> Image.Image:
    """A copy as from a tired machine: 150 dpi, out of focus, grey on grey."""
    smaller = picture.resize((picture.width * 3 // 4, picture.height * 3 // 4), Image.Resampling.BILINEAR)
    blurred = smaller.filter(ImageFilter.GaussianBlur(0.6))
    return ImageEnhance.Contrast(blurred).enhance(0.5)


def _text_of(document: Any) -> str:
    return "\n".join(leaf.get_textpage().get_text_range() for leaf in document)


def _compare_text(found: str, page: Page) -> None:
    text = plain(found)
    for whole in (page.number, page.verification_code, page.verifier):
        if whole not in text:
            raise ReleaseRefused("text-differs", "a number, a code or the address does not come back whole")
    missing = Counter(WORD.findall(plain(" ".join(printed(page))))) - Counter(WORD.findall(text))
    if missing:
        raise ReleaseRefused("text-differs", f"{missing.total()} words do not come back")


def printed(page: Page) -> list[str]:
    """Every text of the page that must be found in the file, in each of its languages."""
    texts = [page.authority, page.country, page.title, *page.conditions]
    if page.statement:
        texts.append(page.statement)
    lines = _said(in_words(page.issued), page.languages[:1])
    lines += [line for text in texts for line in _said(text, page.languages)]
    for row in page.rows:
        lines += _said(row.label, page.languages)
        lines += [row.value] if isinstance(row.value, str) else _said(row.value, page.languages)
    return lines


def _said(text: Text, languages: tuple[str, ...]) -> list[str]:
    """What a text says in these languages, once where it says the same."""
    return list(dict.fromkeys(text.in_language(language) for language in languages))


def attachments_of(pdf: bytes) -> dict[str, bytes]:
    """The files inside a PDF, by name. Raises ReleaseRefused("unreadable")."""
    with PDFIUM:
        document = _opened(pdf)
        try:
            return _attachments(document)
        finally:
            document.close()


def _attachments(document: Any) -> dict[str, bytes]:
    attached = [document.get_attachment(number) for number in range(document.count_attachments())]
    return {attachment.get_name(): bytes(attachment.get_data()) for attachment in attached}


def _compare_attachments(attached: dict[str, bytes], page: Page) -> None:
    if attached != {attachment.name: attachment.content for attachment in page.attachments}:
        raise ReleaseRefused("attachments-differ")
