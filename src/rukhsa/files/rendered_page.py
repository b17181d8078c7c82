"""Draws the pages of a safe copy as pictures, so that officers turn, enlarge and mark them without another program,
and so that scans are looked at as photographs are.

pdfium sees the copy that we wrote, and not the file that was sent; it runs in a confined child of the reader.
"""

import io
from collections.abc import Iterator
from typing import Any, Final

import pypdfium2
from PIL import Image
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE, FPDF_PAGEOBJ_TEXT

from rukhsa.files.errors import Refused

MOST_PIXELS: Final = 1600  # of the longer side: A4 is readable at twice the width of a column
MOST_SCANS: Final = 3
_QUALITY: Final = 80


def sizes(content: bytes) -> list[tuple[int, int]]:
    """Width and height in points of each page, as it is shown upright. Raises Refused("file-broken")."""
    document = _opened(content)
    try:
        return [
            (round(width), round(height))
            for width, height in map(document.get_page_size, range(len(document)))
        ]
    finally:
        document.close()


def draw(content: bytes, number: int) -> bytes:
    """A page, counted from 1, as a JPEG. Raises Refused("file-broken"), without such a page too."""
    document = _opened(content)
    try:
        if not 1 <= number <= len(document):
            raise Refused("file-broken")
        leaf = document[number - 1]
        scale = MOST_PIXELS / max(*leaf.get_size(), 1)
        out = io.BytesIO()
        leaf.render(scale=min(scale, 4)).to_pil().convert("RGB").save(out, "JPEG", quality=_QUALITY)
        return out.getvalue()
    finally:
        document.close()


def scans(content: bytes) -> Iterator[Image.Image]:
    """The first pages that are one picture each, as a scanner writes them, upright. Raises Refused("file-broken")."""
    document = _opened(content)
    try:
        for number in range(min(len(document), MOST_SCANS)):
            leaf = document[number]
            pixels = _pixels_of_scan(leaf)
            if pixels:
                scale = min(MOST_PIXELS, pixels) / max(*leaf.get_size(), 1)
                yield leaf.render(scale=scale, grayscale=True, may_draw_forms=False).to_pil()
    finally:
        document.close()


def _pixels_of_scan(leaf: Any) -> int:
    """Of the longer side of the picture that covers a page; 0 for a page that has none, or more beside it."""
    parts = list(leaf.get_objects(max_depth=1))
    pictures = [part for part in parts if part.type == FPDF_PAGEOBJ_IMAGE]
    # A scanner's program lays what it recognised over the picture, as text that cannot be seen.
    visible = [part for part in parts if part.type != FPDF_PAGEOBJ_TEXT]
    if len(pictures) != 1 or len(visible) != 1:
        return 0
    left, bottom, right, top = pictures[0].get_bounds()
    page_left, page_bottom, page_right, page_top = leaf.get_bbox()
    page = (page_right - page_left) * (page_top - page_bottom)
    is_covered = (right - left) * (top - bottom) > 0.8 * page
    return max(pictures[0].get_px_size()) if is_covered else 0


def _opened(content: bytes) -> Any:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise Refused("file-broken") from error
