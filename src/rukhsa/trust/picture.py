"""The code in a picture of a document: a photograph, a scan, a screenshot."""

from io import BytesIO
from typing import TYPE_CHECKING, Final

from rukhsa.trust.errors import BadPicture, BadText, need_files
from rukhsa.trust.qr import read_qr_text

if TYPE_CHECKING:
    from PIL import Image

_FORMATS: Final = ("PNG", "JPEG", "WEBP")
_BEGINNINGS: Final = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"RIFF")
MAXIMUM_PIXELS: Final = 50_000_000  # of a photograph (JPEG), which is unpacked at half its size or less
MAXIMUM_UNPACKED: Final = 24_000_000  # of what must be unpacked whole: 100 MB in four colours
_ENOUGH: Final = (2500, 2500)  # a photograph is made smaller while it is unpacked, but not below this


def is_picture(data: bytes) -> bool:
    """Whether the bytes begin as a PNG, a JPEG or a WebP."""
    return data.startswith(_BEGINNINGS)


def code_in(data: bytes) -> str:
    """The text of the code in a picture: one of ours where there are several.

    Raises BadPicture with one of: too-many-pixels, broken-picture, no-code.
    """
    need_files("a picture")
    import zxingcpp

    texts = [found.text for found in zxingcpp.read_barcodes(_pixels(data)) if found.text]
    if not texts:
        raise BadPicture("no-code", "take it closer, flat and in good light")
    return next((text for text in texts if _is_ours(text)), texts[0])


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
