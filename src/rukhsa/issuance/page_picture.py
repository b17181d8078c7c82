"""Pictures of the pages of a file, as pdfium draws them."""

from typing import Any, Final

import pypdfium2
from PIL import Image

from rukhsa.issuance.errors import ReleaseRefused
from rukhsa.trust.printed import PDFIUM

MILLIMETRE: Final = 72 / 25.4  # in points


def last_page(
    pdf: bytes, *, dots_per_inch: int, within: tuple[float, float, float, float] | None = None
) -> Image.Image:
    """A grey picture of the last page, which has the QR, or of a part of it.

    `within` is left, top, right, bottom in millimetres from the upper left corner. Raises ReleaseRefused("unreadable").
    """
    with PDFIUM:
        document = opened(pdf)
        try:
            leaf = document[len(document) - 1]
            if within is None:
                return picture(leaf, dots_per_inch, (0, 0, 0, 0))
            left, top, right, bottom = (max(each, 0) * MILLIMETRE for each in within)
            width, height = leaf.get_size()
            crop = (left, max(height - bottom, 0), max(width - right, 0), top)
            return picture(leaf, dots_per_inch, crop)
        finally:
            document.close()


def picture(leaf: Any, dots_per_inch: float, crop: tuple[float, float, float, float]) -> Image.Image:
    """A grey picture of a page; `crop` is what to cut off on the left, below, on the right and above, in points."""
    bitmap = leaf.render(scale=dots_per_inch / 72, crop=crop, grayscale=True)
    try:
        return Image.Image.copy(bitmap.to_pil())
    finally:
        bitmap.close()


def opened(pdf: bytes) -> Any:
    """A document of pdfium, which the caller closes, holding `PDFIUM`. Raises ReleaseRefused("unreadable")."""
    try:
        return pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise ReleaseRefused("unreadable", str(error)) from error
