"""A stranger's file is taken: its kind, what it holds, and the copy that officers see."""

import io
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pikepdf

from rukhsa.files import active, pdf, picture
from rukhsa.files.kind import JPEG, LARGEST_FILE, PDF, PNG, Kind, kind_of, why_not
from rukhsa.files.refused import Refused

REPAIRED: Final = "repaired"
QUIETENED: Final = "quietened"
CARRIES: Final = "carries"
NOTES: Final = (REPAIRED, QUIETENED, CARRIES)  # what an officer is told of a file that was taken
_BROWSERS_SHOW: Final = frozenset({PDF.media_type, JPEG.media_type, PNG.media_type})


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A file that is taken, and what officers see of it: bytes that were written here."""

    media_type: str
    shown: bytes
    shown_media_type: str
    notes: tuple[str, ...] = ()  # of NOTES
    is_sealed: bool = False  # it carries what a document of the trust list carries, and is to be verified

    def as_it_is(self, content: bytes) -> tuple[bytes, str]:
        """What is kept of a file of our own people, and its kind: the bytes themselves where browsers show them."""
        if self.media_type in _BROWSERS_SHOW:
            return content, self.media_type
        return self.shown, self.shown_media_type


def take(content: bytes, accept: Iterable[str]) -> Taken:
    """Look into a file of one of the words in `accept`: pdf, image. Raises Refused."""
    if not content:
        raise Refused("file-empty")
    if len(content) > LARGEST_FILE:
        raise Refused("file-too-large")
    kind = kind_of(content)
    if kind is None:
        raise Refused(why_not(content))
    if kind.word not in accept:
        raise Refused("file-of-another-kind")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # parsers warn of what is odd in a file; what matters they raise
        return _pdf(content) if kind is PDF else _picture(content, kind)


def _picture(content: bytes, kind: Kind) -> Taken:
    shown = picture.as_jpeg(content, kind)
    return Taken(media_type=kind.media_type, shown=shown, shown_media_type=JPEG.media_type)


def _pdf(content: bytes) -> Taken:
    with pdf.opened(content) as document:
        held = active.examine(document)
        repaired = bool(document.get_warnings())
        active.quieten(document)
        shown = _saved(document)
    told = ((REPAIRED, repaired), (QUIETENED, held.acts), (CARRIES, bool(held.files)))
    return Taken(
        media_type=PDF.media_type,
        shown=shown,
        shown_media_type=PDF.media_type,
        notes=tuple(note for note, is_so in told if is_so),
        is_sealed=held.is_sealed,
    )


def _saved(document: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    document.save(out, encryption=False, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
    return out.getvalue()
