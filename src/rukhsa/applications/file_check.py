"""Takes a stranger's file, or says in a sentence why it is not taken and what helps."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.files.kind import LARGEST_FILE
from rukhsa.files.refused import Refused
from rukhsa.files.take import Taken, take

__all__ = ["LARGEST_FILE", "BadFile", "Taken", "check_file"]


class BadFile(Exception):
    """A file that cannot be taken, with a sentence that says what to do."""

    def __init__(self, code: str, text: Promise | str) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


def check_file(content: bytes, accept: tuple[str, ...]) -> Taken:
    """The file's kind, found in its content and not in its name, and the copy for officers; raise `BadFile`."""
    try:
        return take(content, accept)
    except Refused as refused:
        raise BadFile(refused.code, _sentence(refused, accept)) from refused


def _sentence(refused: Refused, accept: tuple[str, ...]) -> Promise | str:
    if refused.code == "file-of-another-kind":
        return _OF_ANOTHER_KIND.get(accept, _OF_ANOTHER_KIND["pdf", "image"])
    return SENTENCES[refused.code] % {"name": refused.name}


_OF_ANOTHER_KIND: Final = {
    ("pdf",): _("Only PDF files are taken here."),
    ("image",): _("Only pictures are taken here: JPEG, PNG, HEIC, WebP, AVIF or TIFF."),
    ("pdf", "image"): _("Only PDF files and pictures (JPEG, PNG, HEIC, WebP, AVIF, TIFF) are taken here."),
}
SENTENCES: Final = {
    "file-empty": _("The file is empty. Choose the file again."),
    "file-too-large": _("The file is larger than 10 MB. Make it smaller and try again."),
    "file-for-office": _("This is a file to be edited. Save it as PDF and attach that."),
    "picture-of-another-kind": _(
        "This kind of picture is not taken. Save it as JPEG or PNG and attach that."
    ),
    "file-locked": _("The PDF is locked by a password. Save it without one."),
    "file-broken": _("The PDF cannot be read. Save or scan it again."),
    "picture-broken": _("The picture cannot be read. Take or save it again."),
    "file-too-long": _("The PDF has no page, or more than 200. Attach only what is asked."),
    "file-active": _(
        "The PDF contains something that runs or opens by itself. Print it to PDF and attach that."
    ),
    "file-dynamic-form": _(
        "The PDF is a form that only some programs show. Open it in such a program, print it to PDF and attach that."
    ),
    "file-hybrid": _(
        "The PDF contains its editable copy. Save it without the editable copy (in LibreOffice: without “Hybrid PDF”)."
    ),
    "file-carries-file": _("The PDF contains another file: %(name)s. Save it without that file."),
    "file-collection": _("The PDF is a collection of files. Attach each of them by itself."),
    "picture-too-large": _("The picture has too many pixels. Make it smaller."),
    "picture-of-several-pages": _("The picture has several pages. Save it as PDF and attach that."),
}
