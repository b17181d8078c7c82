"""The pages of a file as officers see them: how many its safe copy has, and each as a picture."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from rukhsa import reader
from rukhsa.applications import blobs
from rukhsa.applications.attachment import with_safe_copy
from rukhsa.applications.file_check import SENTENCES, BadFile
from rukhsa.applications.models import Attachment
from rukhsa.files.kind import JPEG, PDF, kind_of

MOST = 200  # pages of a file that is accepted


@dataclass(frozen=True, kw_only=True)
class FilePage:
    """A page, counted from 1, with the shape in which it is shown; a picture has none until it is loaded."""

    number: int
    width: int | None = None
    height: int | None = None


def pages_of(attachment: Attachment) -> list[FilePage]:
    """The pages of the safe copy. Raises BadFile."""
    shown = with_safe_copy(attachment)
    if shown.shown_media_type != PDF.media_type:
        return [FilePage(number=1)]
    answer = _asked("measure-pages", shown)
    sizes = answer.get("pages")
    # A file may have taken over the process that read it.
    if not isinstance(sizes, list) or not 0 < len(sizes) <= MOST:
        raise _broken()
    return [
        FilePage(number=number, width=int(width), height=int(height))
        for number, (width, height) in enumerate(sizes, 1)
    ]


def picture_of(attachment: Attachment, number: int) -> bytes:
    """A page as a JPEG. Raises BadFile."""
    shown = with_safe_copy(attachment)
    if shown.shown_media_type != PDF.media_type:
        return blobs.fetch(shown.shown_digest)
    picture = _asked("draw-page", shown, number=number).get("picture")
    if not isinstance(picture, bytes) or kind_of(picture) is not JPEG:
        raise _broken()
    return picture


def _asked(task: str, shown: Attachment, **parameters: int) -> dict[str, object]:
    try:
        return reader.ask(task, blobs.fetch(shown.shown_digest), **parameters)
    except reader.Busy as busy:
        raise BadFile(busy.code, SENTENCES[busy.code]) from busy
    except reader.Refused as refused:
        raise _broken() from refused


def _broken() -> BadFile:
    return BadFile("file-broken", _("The pages of this file cannot be shown. Open the file on its own page."))
