"""The task `code-in-picture`: the text of the code in a photograph, a scan or a screenshot of a document."""

from typing import Any

from rukhsa.reader.refused import Refused
from rukhsa.trust import picture
from rukhsa.trust.errors import BadPicture


def code(content: bytes) -> dict[str, Any]:
    """The text of the code. Raises Refused with the codes of `BadPicture`."""
    try:
        return {"text": picture.code_in(content)}
    except BadPicture as error:
        raise Refused(error.code, error.detail) from error
