"""A spreadsheet of a stranger, CSV or XLSX, as rows of texts; a formula is named and never worked out."""

import csv
import io
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, Final

from rukhsa.reader.errors import Refused

MOST_ROWS: Final = 520  # with the headings and rows that are empty at the end
MOST_COLUMNS: Final = 200
MOST_UNPACKED: Final = 60 << 20  # bytes of all parts together
LONGEST: Final = 20_000  # characters of a cell
_OLD_EXCEL: Final = bytes.fromhex("d0cf11e0a1b11ae1")  # compound files: .xls
_OPEN_DOCUMENT: Final = b"mimetypeapplication/vnd.oasis.opendocument"  # its first part, not compressed: .ods
_ENCODINGS: Final = (
    "utf-8-sig",
    "cp1256",
)  # what spreadsheets in Arabic are saved in; the second never fails


@contextmanager
def _without_numpy() -> Iterator[None]:
    """Keep a library from loading numpy where it is installed: the reader has no use for it, and it starts threads."""
    absent = "numpy" not in sys.modules
    if absent:
        sys.modules["numpy"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if absent:
            del sys.modules["numpy"]


with _without_numpy():
    import openpyxl as openpyxl


def rows(content: bytes) -> dict[str, Any]:
    """The rows that are not empty, each with its number from 1 and its cells, and the places of formulas.

    A day is written "2026-12-01", yes and no as "yes" and "no", a whole number without decimals. Raises Refused:
    not-a-sheet, another-kind-of-sheet, sheet-with-macros, too-many-rows, too-many-columns.
    """
    if content.startswith(_OLD_EXCEL) or _OPEN_DOCUMENT in content[:200]:
        raise Refused("another-kind-of-sheet")
    read = _of_workbook if content.startswith(b"PK\x03\x04") else _of_text
    found: list[tuple[int, list[str]]] = []
    formulas: list[tuple[int, int]] = []
    for number, cells in enumerate(read(content), 1):
        texts = [_text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if len(texts) > MOST_COLUMNS:
            raise Refused("too-many-columns")
        if any(texts):
            found.append((number, texts))
            formulas += [(number, at) for at, cell in enumerate(cells, 1) if isinstance(cell, _Formula)]
        if len(found) > MOST_ROWS:
            raise Refused("too-many-rows")
    return {"rows": found, "formulas": formulas}


class _Formula(str):
    """A cell that would have to be worked out."""


def _of_workbook(content: bytes) -> Any:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                raise Refused("too-much-memory")
            if any("vbaproject" in name.lower() for name in parts.namelist()):
                raise Refused("sheet-with-macros")
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=False, keep_links=False, keep_vba=False
        )
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # a file may say that it has fewer cells than it has
        for cells in sheet.iter_rows(max_col=MOST_COLUMNS + 1):
            yield [_Formula("=") if cell.data_type == "f" else cell.value for cell in cells]
    except Refused:
        raise
    except MemoryError:
        raise
    except Exception as error:  # the library has an error of its own for each part of a broken file
        raise Refused("not-a-sheet") from error


def _of_text(content: bytes) -> Any:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
    elif b"\x00" in content:
        raise Refused("not-a-sheet")
    else:
        text = _decoded(content)
    head = text.splitlines()[0] if text.strip() else ""
    delimiter = max(";,\t", key=head.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise Refused("not-a-sheet") from error


def _decoded(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("not-a-sheet")


def _text(cell: Any) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
        case date() | time():
            return cell.isoformat()
    return str(cell).replace("\x00", "").strip()[:LONGEST]
