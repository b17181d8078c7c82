"""Accepts an uploaded file: finds its kind and content, and writes the safe copy that officers see."""

import io
import warnings
from collections.abc import Iterable

import pikepdf

from rukhsa.files import active, pdf, picture
from rukhsa.files.kind import JPEG, LARGEST_FILE, PDF, Kind, kind_of, why_not
from rukhsa.files.refused import Refused
from rukhsa.files.taken import CARRIES, QUIETENED, REPAIRED, Taken


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
        warnings.simplefilter("ignore")  # parsers warn about oddities; faults that matter are raised
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
    document.save(
        out,
        encryption=False,
        fix_metadata_version=False,  # it would read a stranger's XML
        object_stream_mode=pikepdf.ObjectStreamMode.preserve,
    )
    return out.getvalue()
