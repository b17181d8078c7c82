"""Has an uploaded file looked into, and says what is wrong with it."""

from collections.abc import Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa import reader
from rukhsa.reader.kinds import KINDS, FileKind

LARGEST_FILE = 10 * 1024 * 1024  # the ministry's pages: 10 MB a file


class BadFile(Exception):
    """A file that cannot be taken, with a sentence that says what to do."""

    def __init__(self, code: str, text: Promise | str) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


class NotNow(BadFile):
    """A file that was not read because too many were being read: the same one may be taken in a minute."""


def check_file(content: bytes, accept: Sequence[str]) -> FileKind:
    """The kind of the file, found in its content and not in its name; raise `BadFile`."""
    if not content:
        raise BadFile("file-empty", _("The file is empty. Choose the file again."))
    if len(content) > LARGEST_FILE:
        raise BadFile("file-too-large", _("The file is larger than 10 MB. Make it smaller and try again."))
    try:
        told = reader.ask("check-file", content, accept=list(accept))
    except reader.Busy as busy:
        raise NotNow(busy.code, _sentence_of(busy.code, content)) from busy
    except reader.Refused as refused:
        raise BadFile(refused.code, _sentence_of(refused.code, content)) from refused
    # What read a stranger's file may say anything of it: believed is only what could be true.
    for kind in KINDS:
        if (
            kind.media_type == told.get("media_type")
            and kind.word in accept
            and content.startswith(kind.beginning)
        ):
            return kind
    raise BadFile("file-broken", _sentence_of("file-broken", content))


def _sentence_of(code: str, content: bytes) -> Promise:
    return _SENTENCES.get(code, _BROKEN_PDF if content.startswith(b"%PDF-") else _BROKEN_PICTURE)


_BROKEN_PDF: Final = _("The PDF cannot be read. Save or scan it again.")
_BROKEN_PICTURE: Final = _("The picture cannot be read. Take or save it again.")
_SENTENCES: Final[dict[str, Promise]] = {
    "file-of-another-kind": _("Only PDF, JPEG and PNG files are taken here."),
    "file-locked": _("The PDF is locked by a password. Save it without one."),
    "file-active": _("The PDF contains a program or other files. Print it to PDF and attach that."),
    "file-too-long": _("The PDF has no page, or more than 200. Attach only what is asked."),
    "picture-too-large": _("The picture has too many pixels. Make it smaller."),
    "took-too-long": _("It took too long to read the file. Save or scan it again, and make it smaller."),
    "too-much-memory": _(
        "The file needs too much memory to be read. Save or scan it again, and make it smaller."
    ),
    "reader-busy": _(
        "Many files are being read just now. Your file was not kept: send it again in a minute."
    ),
}
