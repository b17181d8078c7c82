"""Draws the pages of a safe copy as pictures, so that officers turn, enlarge and mark them without another program.

pdfium sees the copy that we wrote, and not the file that was sent; it runs in a confined child of the reader.
"""

import io
from typing import Any, Final

import pypdfium2

from rukhsa.files.errors import Refused

MOST_PIXELS: Final = 1600  # of the longer side: A4 is readable at twice the width of a column
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


def _opened(content: bytes) -> Any:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise Refused("file-broken") from error
