"""The functions of the file tasks, but `read-yaml`: each runs in a child of the reader on the bytes of one file."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from rukhsa.files import errors, legibility, rendered_page, safe_copy
from rukhsa.reader.errors import Refused
from rukhsa.reader.task import MOST_ROWS
from rukhsa.trust import coverage, pdf, picture, printed
from rukhsa.trust.errors import BadPdf, BadPicture


def check(content: bytes, *, accept: Sequence[str]) -> dict[str, Any]:
    """The accepted file (`rukhsa.files.accepted.Accepted`). Raises Refused with a code of `rukhsa.files.errors`."""
    try:
        return asdict(safe_copy.accept(content, accept))
    except errors.Refused as error:
        raise Refused(error.code, error.name) from error


def measured(content: bytes) -> dict[str, Any]:
    """Width and height in points of each page of a safe copy. Raises Refused("file-broken")."""
    try:
        return {"pages": rendered_page.sizes(content)}
    except errors.Refused as error:
        raise Refused(error.code) from error


def drawn(content: bytes, *, number: int) -> dict[str, Any]:
    """A page of a safe copy, counted from 1, as a JPEG. Raises Refused("file-broken")."""
    try:
        return {"picture": rendered_page.draw(content, number)}
    except errors.Refused as error:
        raise Refused(error.code) from error


def advice(content: bytes) -> dict[str, Any]:
    """What may be wrong with the scans in a safe copy. Raises Refused("file-broken")."""
    try:
        return {"notes": legibility.advice_on_pages(rendered_page.scans(content))}
    except errors.Refused as error:
        raise Refused(error.code) from error


def code_in(content: bytes) -> dict[str, Any]:
    """The text of the code in a picture. Raises Refused with the codes of `BadPicture`."""
    return _answer(lambda: {"text": picture.code_in(content)})


def attached(content: bytes) -> dict[str, Any]:
    """The attachments of a released file, by their names. Raises Refused with the codes of `BadPdf`."""
    return _answer(lambda: dict(pdf.attached(coverage.read(content))))


def on_pages(content: bytes) -> dict[str, Any]:
    """The text of the pages of a released file, and of all codes on them. Raises Refused as `attached` does."""

    def look() -> dict[str, Any]:
        page = printed.look_at(content)
        return {"text": page.text, "codes": list(page.codes)}

    return _answer(look)


def rows(content: bytes, *, delimiter: str) -> dict[str, Any]:
    """The rows of a CSV file that are not empty: number from 1, cells. Raises Refused: not-a-table, too-many-rows."""
    found: list[tuple[int, list[str]]] = []
    try:
        lines = content.decode("utf-8").splitlines()
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter, strict=True), 1):
            if any(cells):
                found.append((number, [cell.strip() for cell in cells]))
            if len(found) > MOST_ROWS:
                raise Refused("too-many-rows")
    except (csv.Error, UnicodeDecodeError) as error:
        raise Refused("not-a-table", str(error)) from error
    return {"rows": found}


def _answer(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return read()
    except (BadPdf, BadPicture) as error:
        raise Refused(error.code, error.detail) from error
