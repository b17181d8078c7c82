"""What a person hands in to be verified: a file or a text, told apart by what it holds."""

import re
from dataclasses import dataclass
from pathlib import Path

from rukhsa.trust import picture
from rukhsa.trust.parsers import Parsers
from rukhsa.trust.seal import FIRST_BYTE

MAXIMUM_SIZE = 16 << 20
_ADDRESSES = ("https://", "http://")
# A file that is missing is said to be missing: a code's text ends in no extension, and begins with no folder.
_PATH = re.compile(r"^(\.{0,2}/|~)|\.(pdf|cwt|txt|png|jpe?g|webp)$|/$", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Document:
    """One of: a PDF file, the text of a QR (also of one in a picture), the bytes of a seal."""

    file: bytes | None = None
    text: str | None = None
    seal_bytes: bytes = b""


def open_document(name: str) -> Document:
    """The document that `name` names (a file) or is (the text of a QR). Raises OSError for a path of no file."""
    if is_text(name):
        return Document(text=name.strip())
    with Path(name).open("rb") as file:
        return tell_apart(file.read(MAXIMUM_SIZE + 1))


def is_text(name: str) -> bool:
    """Whether `name` is the text of a code: an address, or anything that neither names a file nor looks like a path."""
    if name.startswith(_ADDRESSES):
        return True
    return not names_file(name) and not _PATH.search(name)


def names_file(name: str) -> bool:
    """Whether there is a file or a folder of this name; a text may be longer than a name can be."""
    try:
        return Path(name).exists()
    except (OSError, ValueError):
        return False


def tell_apart(data: bytes, parsers: Parsers | None = None) -> Document:
    """The document that these bytes are, by how they begin; a file that is nothing else counts as a PDF.

    A picture is read for its code: raises BadPicture, and MissingExtra where the packages for it are missing.
    """
    if picture.is_picture(data):
        return Document(text=(parsers or Parsers()).code_in(data))
    if data.startswith(b"https://"):
        return Document(text=data.decode("ascii", "replace").strip())
    if data[:1] == bytes((FIRST_BYTE,)):
        return Document(seal_bytes=data)
    return Document(file=data)
