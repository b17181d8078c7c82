"""Looks into an uploaded file: is it whole, what it says it is, and harmless to show?"""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import pikepdf
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

LARGEST_FILE = 10 * 1024 * 1024  # the ministry's pages: 10 MB a file
LARGEST_PICTURE = 50_000_000  # pixels: a scan of A3 at 400 dpi has 31 million
MOST_PAGES = 200
# ISO 32000-2 §12.6.4, §7.11.4: what runs, or carries files; a page's link may hold it as well as the catalogue.
ACTS = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles|EmbeddedFile|RichMedia)(?![A-Za-z0-9])")


class BadFile(Exception):
    """A file that cannot be taken, with a sentence that says what to do."""

    def __init__(self, code: str, text: Promise | str) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


@dataclass(frozen=True, kw_only=True)
class FileKind:
    """One kind of file that is taken."""

    word: str  # of the service definition: pdf or image
    media_type: str
    beginning: bytes
    check: Callable[[bytes], None]


def check_file(content: bytes, accept: tuple[str, ...]) -> FileKind:
    """The kind of the file, found in its content and not in its name; raise `BadFile`."""
    if not content:
        raise BadFile("file-empty", _("The file is empty. Choose the file again."))
    if len(content) > LARGEST_FILE:
        raise BadFile("file-too-large", _("The file is larger than 10 MB. Make it smaller and try again."))
    for kind in KINDS:
        if content.startswith(kind.beginning) and kind.word in accept:
            kind.check(content)
            return kind
    raise BadFile("file-of-another-kind", _("Only PDF, JPEG and PNG files are taken here."))


def _check_pdf(content: bytes) -> None:
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            pages = len(document.pages)
            active = _acts(document)
    except pikepdf.PasswordError as error:
        raise BadFile("file-locked", _("The PDF is locked by a password. Save it without one.")) from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError) as error:
        raise BadFile("file-broken", _("The PDF cannot be read. Save or scan it again.")) from error
    if active:
        raise BadFile(
            "file-active", _("The PDF contains a program or other files. Print it to PDF and attach that.")
        )
    if not 1 <= pages <= MOST_PAGES:
        raise BadFile("file-too-long", _("The PDF has no page, or more than 200. Attach only what is asked."))


def _acts(document: pikepdf.Pdf) -> bool:
    """Whether any object, wherever it hangs, is an action that runs something, or holds other files."""
    # An indirect number, truth value or null comes as Python's own (LibreOffice and cairo write lengths so): it is no act.
    objects = (each for each in document.objects if isinstance(each, pikepdf.Object))
    return any(ACTS.search(each.unparse(resolved=True)) for each in objects)


def _check_picture(content: bytes) -> None:
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as picture:
            width, height = picture.size
            if width * height > LARGEST_PICTURE:
                raise BadFile("picture-too-large", _("The picture has too many pixels. Make it smaller."))
            picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadFile("file-broken", _("The picture cannot be read. Take or save it again.")) from error


KINDS = (
    FileKind(word="pdf", media_type="application/pdf", beginning=b"%PDF-", check=_check_pdf),
    FileKind(word="image", media_type="image/jpeg", beginning=b"\xff\xd8\xff", check=_check_picture),
    FileKind(word="image", media_type="image/png", beginning=b"\x89PNG\r\n\x1a\n", check=_check_picture),
)
