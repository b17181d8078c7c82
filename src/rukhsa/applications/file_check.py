"""Checks of uploaded files: each is accepted, or refused with a sentence that says what to do."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa import reader
from rukhsa.errors import RukhsaError
from rukhsa.files.accepted import ADVICE, BLANK, NOTES, Accepted
from rukhsa.files.kind import HEIC, JPEG, LARGEST_FILE, PDF, kind_of

log = logging.getLogger(__name__)

__all__ = ["LARGEST_FILE", "Accepted", "BadFile", "check_and_look", "check_file"]


class BadFile(RukhsaError):
    """A file that cannot be accepted, with a sentence that says what to do."""

    def __init__(self, code: str, text: Promise | str) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


class NotNow(BadFile):
    """A file that was not read because too many were being read: the same file may be accepted in a minute."""


def check_file(content: bytes, accept: Sequence[str]) -> Accepted:
    """The file's kind, found in its content and not in its name, and the safe copy. Raises BadFile."""
    for code, is_so in (("file-empty", not content), ("file-too-large", len(content) > LARGEST_FILE)):
        if is_so:
            raise BadFile(code, SENTENCES[code])
    try:
        task = "check-heic" if kind_of(content) is HEIC else "check-file"
        taken = _checked(reader.ask(task, content, accept=list(accept)), content, accept)
    except reader.Busy as busy:
        raise NotNow(busy.code, SENTENCES[busy.code]) from busy
    except reader.Refused as refused:
        raise BadFile(refused.code, _sentence(refused, content, accept)) from refused
    return taken


def check_and_look(content: bytes, accept: Sequence[str]) -> Accepted:
    """As `check_file`, and with advice on the scans of a PDF: for files beside which it is told. Raises BadFile."""
    taken = check_file(content, accept)
    return replace(taken, notes=(*taken.notes, *_advice_on_scans(taken)))


def _advice_on_scans(taken: Accepted) -> tuple[str, ...]:
    """What may be wrong with the scans in an accepted PDF.

    Without an answer there is no advice: what takes long to draw, or breaks the program that draws, is no scan to read
    at once, and officers see it page by page.
    """
    if taken.shown_media_type != PDF.media_type or BLANK in taken.notes:
        return ()
    try:
        notes = reader.ask("look-at-scans", taken.shown)["notes"]
    except reader.Refused as unread:
        log.warning("no advice on a scan: %s", unread.code)
        return ()
    return tuple(note for note in notes if note in ADVICE)[:1] if isinstance(notes, list) else ()


def _checked(answer: dict[str, Any], content: bytes, accept: Sequence[str]) -> Accepted:
    """The reader's answer, once it is checked: a file may have taken over the process that read it.

    Raises reader.Refused.
    """
    kind = kind_of(content)
    shown_as = PDF if kind is PDF else JPEG
    try:
        taken = Accepted(**{**answer, "notes": tuple(answer["notes"])})
    except (TypeError, KeyError) as error:
        raise reader.Refused("cannot-be-read") from error
    is_possible = (
        kind is not None
        and kind.word in accept
        and (taken.media_type, taken.shown_media_type) == (kind.media_type, shown_as.media_type)
        and isinstance(taken.shown, bytes)
        and kind_of(taken.shown) is shown_as
        and set(taken.notes) <= set(NOTES)
        and isinstance(taken.is_sealed, bool)
    )
    if not is_possible:
        raise reader.Refused("cannot-be-read")
    return taken


def _sentence(refused: reader.Refused, content: bytes, accept: Sequence[str]) -> Promise | str:
    if refused.code == "file-of-another-kind":
        return _OF_ANOTHER_KIND.get(tuple(accept), _OF_ANOTHER_KIND["pdf", "image"])
    broken = "file-broken" if kind_of(content) is PDF else "picture-broken"
    return SENTENCES.get(refused.code, SENTENCES[broken]) % {"name": refused.detail}


_OF_ANOTHER_KIND: Final = {
    ("pdf",): _("The file must be a PDF."),
    ("image",): _("The file must be a picture: JPEG, PNG, HEIC, WebP, AVIF or TIFF."),
    ("pdf", "image"): _("The file must be a PDF or a picture (JPEG, PNG, HEIC, WebP, AVIF, TIFF)."),
}
SENTENCES: Final = {
    "file-empty": _("The file is empty. Choose another file."),
    "file-too-large": _("The file is larger than 10 MB. Save or scan it again at a smaller size."),
    "file-for-office": _("This file can be edited. Save it as a PDF and upload that."),
    "picture-of-another-kind": _(
        "We cannot use this kind of picture. Save it as JPEG or PNG and upload that."
    ),
    "file-locked": _("The PDF has a password. Save it without one."),
    "file-broken": _("We cannot read the PDF. Save or scan it again."),
    "picture-broken": _("We cannot read the picture. Take or save it again."),
    "file-too-long": _("The PDF has no pages, or more than 200. Upload only the pages we ask for."),
    "file-active": _(
        "The PDF contains something that runs or opens automatically. Print it to PDF and upload the result."
    ),
    "file-dynamic-form": _(
        "Only some programs can show this PDF form. Open it in one of them, print it to PDF and "
        "upload the result."
    ),
    "file-hybrid": _(
        "The PDF contains its editable copy. Save it without the editable copy (in LibreOffice: without “Hybrid PDF”)."
    ),
    "file-carries-file": _("The PDF contains another file: %(name)s. Save it without that file."),
    "file-collection": _("The PDF is a collection of files. Upload each file separately."),
    "picture-too-large": _("The picture has too many pixels. Save it again at a smaller size."),
    "picture-of-several-pages": _("The picture has several pages. Save it as a PDF and upload that."),
    "took-too-long": _("The file took too long to read. Save or scan it again at a smaller size."),
    "too-much-memory": _("The file is too complex to read. Save or scan it again at a smaller size."),
    "reader-busy": _("We are reading many files now, so we did not save yours. Send it again in a minute."),
}
