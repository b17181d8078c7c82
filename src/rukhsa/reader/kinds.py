"""The kinds of files that are taken from applicants and staff, by how they begin."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class FileKind:
    """One kind of file that is taken."""

    word: str  # of the service definition: pdf or image
    media_type: str
    beginning: bytes


KINDS: Final = (
    FileKind(word="pdf", media_type="application/pdf", beginning=b"%PDF-"),
    FileKind(word="image", media_type="image/jpeg", beginning=b"\xff\xd8\xff"),
    FileKind(word="image", media_type="image/png", beginning=b"\x89PNG\r\n\x1a\n"),
)
