"""The verdict on a file that a person uploads: a released PDF, or a picture with a code."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Final

from rukhsa.applications.file_check import BadFile, NotNow, check_file
from rukhsa.errors import RukhsaError
from rukhsa.files.kind import AVIF, HEIC, TIFF, kind_of
from rukhsa.reader import Busy
from rukhsa.reader.verifier_parsers import BESIDE
from rukhsa.trust.document import MAXIMUM_SIZE, tell_apart
from rukhsa.trust.errors import BadPicture
from rukhsa.trust.verdict import Verdict
from rukhsa.verification import own_verifier

__all__ = [
    "MAXIMUM_SHOWN",
    "MAXIMUM_SIZE",
    "NothingToVerify",
    "Submitted",
    "submitted_picture",
    "verify_file",
]

MAXIMUM_SHOWN: Final = 4 << 20  # bytes of a picture that is shown again in the answer
_CONVERTED: Final = (HEIC, AVIF, TIFF)
_PICTURES: Final = {b"\x89PNG\r\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


class NothingToVerify(RukhsaError, ValueError):
    """No code was found in the picture."""

    code = "nothing-to-verify"


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """The uploaded picture, shown in the response beside the sealed facts and stored nowhere."""

    address: str  # of the scheme `data:`; empty if the picture is too large
    too_large: bool


def submitted_picture(file: IO[bytes]) -> Submitted | None:
    """The file as a page can show it, if it is a picture. It is not opened here: only the browser draws it."""
    file.seek(0)
    data = file.read(MAXIMUM_SIZE + 1)
    kind = next((kind for start, kind in _PICTURES.items() if data.startswith(start)), None)
    if kind is None:
        return None
    if len(data) > MAXIMUM_SHOWN:
        return Submitted(address="", too_large=True)
    return Submitted(address=f"data:{kind};base64,{b64encode(data).decode()}", too_large=False)


def _as_jpeg(data: bytes) -> bytes:
    """A picture of a kind that telephones and scanners write, as the reader of codes takes it."""
    try:
        return check_file(data, ["image"]).shown
    except NotNow as busy:
        raise Busy("a picture to be converted") from busy
    except BadFile as bad:
        raise NothingToVerify(bad.code) from bad


def verify_file(file: IO[bytes], *, at: datetime) -> Verdict:
    """The verdict on a file of at most 16 MB, which is not stored. Raises `NothingToVerify`, `Unread`.

    Of a picture, the code is verified. Any other file is a released one, or altered, or not one of ours.
    """
    data, verifier = file.read(MAXIMUM_SIZE + 1), own_verifier.verifier()
    try:
        document = tell_apart(_as_jpeg(data) if kind_of(data) in _CONVERTED else data, BESIDE)
    except BadPicture as error:
        raise NothingToVerify(str(error)) from error
    if document.text is not None:
        return verifier.verify_text(document.text, at=at)
    if document.file is None:
        return verifier.verify_seal(document.seal_bytes, at=at)
    return verifier.verify_pdf(document.file, at=at)
