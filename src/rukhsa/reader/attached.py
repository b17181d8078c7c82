"""The task `check-file`: is an uploaded file whole, of a kind that is taken, and harmless to show?"""

import io
import re
from collections.abc import Sequence
from typing import Any, Final

import pikepdf
from PIL import Image, UnidentifiedImageError

from rukhsa.reader.kinds import KINDS
from rukhsa.reader.refused import Refused
from rukhsa.reader.whole import require_whole

LARGEST_PICTURE: Final = 50_000_000  # pixels: a scan of A3 at 400 dpi has 31 million
MOST_PAGES: Final = 200
# ISO 32000-2 §12.6.4, §7.11.4: what runs, or carries files; a page's link may hold it as well as the catalogue.
ACTS: Final = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles|EmbeddedFile|RichMedia)(?![A-Za-z0-9])")


def check(content: bytes, *, accept: Sequence[str]) -> dict[str, Any]:
    """The media type of a file, found in its content.

    Raises Refused with one of: file-of-another-kind, file-locked, file-broken, file-active, file-too-long,
    picture-too-large.
    """
    for kind in KINDS:
        if content.startswith(kind.beginning) and kind.word in accept:
            (_check_pdf if kind.word == "pdf" else _check_picture)(content)
            return {"media_type": kind.media_type}
    raise Refused("file-of-another-kind")


def _check_pdf(content: bytes) -> None:
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            require_whole(document)
            pages = len(document.pages)
            active = _acts(document)
    except pikepdf.PasswordError as error:
        raise Refused("file-locked") from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError) as error:
        raise Refused("file-broken", str(error)) from error
    if active:
        raise Refused("file-active")
    if not 1 <= pages <= MOST_PAGES:
        raise Refused("file-too-long")


def _acts(document: pikepdf.Pdf) -> bool:
    """Whether any object, wherever it hangs, is an action that runs something, or holds other files."""
    return any(
        ACTS.search(each.unparse(resolved=True))
        for each in document.objects
        if isinstance(each, pikepdf.Object)  # pikepdf gives numbers and booleans as Python's own
    )


def _check_picture(content: bytes) -> None:
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as picture:
            width, height = picture.size
            if width * height > LARGEST_PICTURE:
                raise Refused("picture-too-large")
            picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Refused("file-broken", str(error)) from error
