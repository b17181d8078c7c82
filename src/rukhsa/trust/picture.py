"""The code in a picture of a document: a photograph, a scan, a screenshot."""

from io import BytesIO
from typing import TYPE_CHECKING, Final

from rukhsa.trust.errors import BadPicture, BadText, need_files
from rukhsa.trust.qr import read_qr_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

_FORMATS: Final = ("PNG", "JPEG", "WEBP")
_BEGINNINGS: Final = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"RIFF")
MAXIMUM_PIXELS: Final = 50_000_000  # of a photograph (JPEG), which is unpacked at half its size or less
MAXIMUM_UNPACKED: Final = 24_000_000  # of what must be unpacked whole: 100 MB in four colours
CODE: Final = "QRCodeModel2"  # zxing's name: to look for every kind takes eight times as long
# Pixels of the three looks: made smaller, as it is, and twice as large (docs/verifying.md has what each reads).
_FIRST_LOOK: Final = 3_000_000
_FULL: Final = 12_000_000
_DOUBLED: Final = 4_000_000
_ENOUGH: Final = (2500, 2500)  # a photograph is made smaller while it is unpacked, but not below this


def is_picture(data: bytes) -> bool:
    """Whether the bytes begin as a PNG, a JPEG or a WebP."""
    return data.startswith(_BEGINNINGS)


def code_in(data: bytes) -> str:
    """The text of the code in a picture: one of ours where there are several.

    Looked for up to three times, until one of ours is found: in three megapixels, in full size, twice as large. A
    picture made for it keeps zxing busy for seconds, and nothing in Python can stop it: a server asks for this in a
    process that the kernel ends. Raises BadPicture with one of: too-many-pixels, broken-picture, no-code.
    """
    need_files("a picture")
    import zxingcpp

    wanted = zxingcpp.barcode_formats_from_str(CODE)
    others: list[str] = []
    for look in _looks(_pixels(data)):
        texts = [found.text for found in zxingcpp.read_barcodes(look, formats=wanted) if found.text]
        if ours := next((text for text in texts if _is_ours(text)), None):
            return ours
        others += texts
    if not others:
        raise BadPicture("no-code", "take it closer, flat and in good light")
    return others[0]


def _looks(picture: "Image.Image") -> "Iterator[Image.Image]":
    smaller = _at_most(picture, _FIRST_LOOK)
    yield smaller
    if smaller is not picture:
        yield _at_most(picture, _FULL)
    doubled = _at_most(picture, _DOUBLED)
    yield doubled.resize((doubled.width * 2, doubled.height * 2))


def _at_most(picture: "Image.Image", pixels: int) -> "Image.Image":
    share = (pixels / (picture.width * picture.height)) ** 0.5
    if share >= 1:
        return picture
    return picture.resize((max(1, int(picture.width * share)), max(1, int(picture.height * share))))


def _pixels(data: bytes) -> "Image.Image":
    from PIL import Image, UnidentifiedImageError

    try:
        picture = Image.open(BytesIO(data), formats=_FORMATS)
        limit = MAXIMUM_PIXELS if picture.format == "JPEG" else MAXIMUM_UNPACKED
        if picture.width * picture.height > limit:
            raise BadPicture("too-many-pixels", f"{picture.width} x {picture.height}")
        picture.draft("L", _ENOUGH)
        return picture.convert("L")
    except Image.DecompressionBombError as error:
        raise BadPicture("too-many-pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BadPicture("broken-picture", type(error).__name__) from error


def _is_ours(text: str) -> bool:
    try:
        read_qr_text(text)
    except BadText:
        return False
    return True
