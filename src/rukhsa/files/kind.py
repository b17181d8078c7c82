"""What kind of file some bytes are, found in the bytes and never in the file's name."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

LARGEST_FILE: Final = 10 * 1024 * 1024  # the ministry's pages: 10 MB a file
_PREFACE: Final = 1024  # PDF readers look for %PDF- within so many bytes, after a byte order mark or a line


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of file that is accepted."""

    word: str  # in service definitions: pdf or image
    name: str  # of its format in Pillow, and as people call it
    media_type: str
    ending: str


PDF: Final = Kind(word="pdf", name="PDF", media_type="application/pdf", ending="pdf")
JPEG: Final = Kind(word="image", name="JPEG", media_type="image/jpeg", ending="jpg")
PNG: Final = Kind(word="image", name="PNG", media_type="image/png", ending="png")
WEBP: Final = Kind(word="image", name="WEBP", media_type="image/webp", ending="webp")
HEIC: Final = Kind(word="image", name="HEIF", media_type="image/heic", ending="heic")
AVIF: Final = Kind(word="image", name="AVIF", media_type="image/avif", ending="avif")
TIFF: Final = Kind(word="image", name="TIFF", media_type="image/tiff", ending="tif")
KINDS: Final = (PDF, JPEG, PNG, WEBP, HEIC, AVIF, TIFF)

_BEGINNINGS: Final = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
)
_BRANDS: Final = {  # ISO/IEC 14496-12 §4.3, ISO/IEC 23008-12: the first brand of a file of boxes
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), HEIC),
    **dict.fromkeys((b"avif", b"avis"), AVIF),
}
# Kinds that are refused with advice of their own.
_OFFICE: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf")
# Programs and archives that also contain %PDF- are refused: the PDF in them is a disguise.
_PROGRAMS: Final = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"Rar!",
    b"7z\xbc\xaf",
)
_OTHER_PICTURES: Final = (b"GIF8", b"BM", b"\0\0\x01\0", b"8BPS")


def kind_of(content: bytes) -> Kind | None:
    """The kind whose first bytes these are, or None."""
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content[4:8] == b"ftyp":
        return _of_boxes(content)
    if content.startswith((*_PROGRAMS, *_OFFICE)):
        return None
    return PDF if b"%PDF-" in content[:_PREFACE] else None


def _of_boxes(content: bytes) -> Kind | None:
    """HEIC or AVIF: many programs write the general brand first and the specific one after it."""
    size = min(int.from_bytes(content[:4], "big"), 256)
    brands = [content[8:12], *(content[start : start + 4] for start in range(16, size, 4))]
    known = [_BRANDS[brand] for brand in brands if brand in _BRANDS]
    return AVIF if AVIF in known else next(iter(known), None)


def ending_of(media_type: str) -> str:
    """The file extension with which a file of this media type is downloaded."""
    return next((kind.ending for kind in KINDS if kind.media_type == media_type), "bin")


def accepted(words: Iterable[str]) -> str:
    """The `accept` attribute of an input for these words of a service definition."""
    types = [kind.media_type for kind in KINDS if kind.word in words]
    # Some browsers know the pictures of phones by their extension alone.
    return ",".join([*types, *([".heic", ".heif"] if "image" in words else [])])


def why_not(content: bytes) -> str:
    """The code of the refusal for a file of another kind."""
    if content.startswith(_OFFICE):
        return "file-for-office"
    if content.startswith(_OTHER_PICTURES):
        return "picture-of-another-kind"
    return "file-of-another-kind"
