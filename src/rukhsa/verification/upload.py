"""A file that somebody holds becomes a verdict: a released PDF, or a picture with its code."""

from datetime import datetime
from io import BytesIO
from typing import IO, Final

import zxingcpp
from PIL import Image, UnidentifiedImageError

from rukhsa.trust.document import MAXIMUM_SIZE, tell_apart
from rukhsa.trust.errors import BadText
from rukhsa.trust.qr import read_qr_text
from rukhsa.trust.verdict import Verdict
from rukhsa.verification import evidence

__all__ = ["MAXIMUM_SIZE", "NothingToVerify", "verify_file"]

_PICTURES: Final = ("PNG", "JPEG", "WEBP")
_MAXIMUM_PIXELS: Final = 50_000_000


class NothingToVerify(ValueError):
    """A picture in which no code was found."""

    code = "nothing-to-verify"


def verify_file(file: IO[bytes], *, at: datetime) -> Verdict:
    """The verdict on a file of at most 16 MB; nothing of it is kept. Raises `NothingToVerify`.

    A picture is read for its code; anything else must be a released file, and is altered where it is not.
    """
    data = file.read(MAXIMUM_SIZE + 1)
    verifier = evidence.verifier()
    if picture := _picture(data):
        return verifier.verify_text(_code_in(picture), at=at)
    document = tell_apart(data)
    if document.text is not None:
        return verifier.verify_text(document.text, at=at)
    if document.file is None:
        return verifier.verify_seal(document.seal_bytes, at=at)
    return verifier.verify_pdf(document.file, at=at)


def _picture(data: bytes) -> Image.Image | None:
    """The picture that the bytes are, not yet decoded, or None. Raises `NothingToVerify` for a giant one."""
    try:
        picture = Image.open(BytesIO(data), formats=_PICTURES)
    except Image.DecompressionBombError as error:
        raise NothingToVerify("too many pixels") from error
    except (UnidentifiedImageError, OSError):
        return None
    if picture.width * picture.height > _MAXIMUM_PIXELS:
        raise NothingToVerify("too many pixels")
    return picture


def _code_in(picture: Image.Image) -> str:
    """The text of the code in a picture: one of ours where there are several."""
    try:
        pixels = picture.convert("L")
    except (OSError, SyntaxError) as error:
        raise NothingToVerify("the picture is broken") from error
    texts = [found.text for found in zxingcpp.read_barcodes(pixels) if found.text]
    if not texts:
        raise NothingToVerify("no code")
    return next((text for text in texts if _is_ours(text)), texts[0])


def _is_ours(text: str) -> bool:
    try:
        read_qr_text(text)
    except BadText:
        return False
    return True
