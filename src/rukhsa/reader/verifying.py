"""File tasks of the verifier: the code in a picture, the attachments of a released file, what its pages say."""

from collections.abc import Callable
from typing import Any

from rukhsa.reader.refused import Refused
from rukhsa.trust import coverage, pdf, picture, printed
from rukhsa.trust.errors import BadPdf, BadPicture


def code_in(content: bytes) -> dict[str, Any]:
    """The text of the code in a picture. Raises Refused with the codes of `BadPicture`."""
    return _told(lambda: {"text": picture.code_in(content)})


def attached(content: bytes) -> dict[str, Any]:
    """The attachments of a released file, by their names. Raises Refused with the codes of `BadPdf`."""
    return _told(lambda: dict(pdf.attached(coverage.read(content))))


def on_pages(content: bytes) -> dict[str, Any]:
    """The text of the pages of a released file, and of all codes on them. Raises Refused as `attached` does."""

    def look() -> dict[str, Any]:
        page = printed.look_at(content)
        return {"text": page.text, "codes": list(page.codes)}

    return _told(look)


def _told(act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return act()
    except (BadPdf, BadPicture) as error:
        raise Refused(error.code, error.detail) from error
