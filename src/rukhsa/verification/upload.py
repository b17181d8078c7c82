"""A file that somebody holds becomes a verdict: a released PDF, or a picture with its code."""

from datetime import datetime
from typing import IO

from rukhsa.reader.parsers import BESIDE
from rukhsa.trust.document import MAXIMUM_SIZE, tell_apart
from rukhsa.trust.errors import BadPicture
from rukhsa.trust.verdict import Verdict
from rukhsa.verification import evidence

__all__ = ["MAXIMUM_SIZE", "NothingToVerify", "verify_file"]


class NothingToVerify(ValueError):
    """A picture in which no code was found."""

    code = "nothing-to-verify"


def verify_file(file: IO[bytes], *, at: datetime) -> Verdict:
    """The verdict on a file of at most 16 MB; nothing of it is kept. Raises `NothingToVerify`, `Unread`.

    A picture is read for its code; anything else must be a released file, and is altered where it is not.
    """
    data, verifier = file.read(MAXIMUM_SIZE + 1), evidence.verifier()
    try:
        document = tell_apart(data, BESIDE)
    except BadPicture as error:
        raise NothingToVerify(str(error)) from error
    if document.text is not None:
        return verifier.verify_text(document.text, at=at)
    if document.file is None:
        return verifier.verify_seal(document.seal_bytes, at=at)
    return verifier.verify_pdf(document.file, at=at)
