"""Reads a file of parcels row by row, GeoJSON or CSV, without holding it: what each row says, before it is judged."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from rukhsa.catalogue.problems import DefinitionProblem, DefinitionRefused
from rukhsa.values.names import Text

COLUMNS: Final = ("number", "block", "wkt", "gone")
MOST_ROWS: Final = 1_000_000
_PIECE: Final = 64 * 1024  # characters read at a time
_LONGEST_ROW: Final = 1024 * 1024  # characters of one feature
_BEGINNING: Final = re.compile(r'"features"\s*:\s*\[')


@dataclass(frozen=True, kw_only=True)
class ParcelRow:
    """One row as it stands: in a CSV file its line, in GeoJSON the place of its feature, from 1."""

    row: int
    number: str = ""
    block: str = ""
    ground: Any = None  # a GeoJSON geometry, or WKT
    gone: str = ""
    is_whole: bool = True  # False: it is no row of this file at all


def rows_in(file: Path) -> Iterator[ParcelRow]:
    """The rows of a file, in order. DefinitionRefused where it is no such file, or breaks off."""
    read = {".csv": _csv_rows, ".geojson": _features, ".json": _features}.get(file.suffix.lower())
    if read is None:
        raise refused(
            file, 1, "the name ends in .csv, .geojson or .json.", "ينتهي الاسم بـ ‎.csv أو ‎.geojson أو ‎.json."
        )
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            for count, row in enumerate(read(file, text), 1):
                if count > MOST_ROWS:
                    raise refused(file, row.row, "more than a million rows.", "أكثر من مليون صف.")
                yield row
    except UnicodeDecodeError as error:
        raise refused(
            file, 1, "the file is not UTF-8: save it so.", "الملف ليس بترميز UTF-8: احفظه به."
        ) from error


def refused(file: Path, row: int, en: str, ar: str) -> DefinitionRefused:
    """The refusal of a whole file."""
    return DefinitionRefused([row_problem(file, row, "file", Text(en=en, ar=ar))])


def row_problem(file: Path, row: int, field: str, what: Text) -> DefinitionProblem:
    """A problem of one row."""
    return DefinitionProblem(code="wrong-row", file=file.name, line=row, column=1, field=field, what=what)


def _csv_rows(file: Path, text: TextIO) -> Iterator[ParcelRow]:
    head = text.readline()
    # Spreadsheets in Arabic write semicolons, since the comma is their decimal mark.
    mark = ";" if ";" in head else ","
    if tuple(cell.strip() for cell in head.split(mark)) != COLUMNS:
        columns = mark.join(COLUMNS)
        raise refused(file, 1, f"the first line is: {columns}.", f"السطر الأول: {columns}.")
    reader = csv.reader(text, delimiter=mark)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = ["a cell that is too long or broken"]
        line = reader.line_num + 1
        if len(cells) == len(COLUMNS):
            number, block, ground, gone = (cell.strip() for cell in cells)
            yield ParcelRow(row=line, number=number, block=block, ground=ground or None, gone=gone)
        elif cells:
            yield ParcelRow(row=line, is_whole=False)


def _features(file: Path, text: TextIO) -> Iterator[ParcelRow]:
    for place, feature in enumerate(_objects(file, text), 1):
        told = feature.get("properties")
        if not isinstance(told, Mapping):
            yield ParcelRow(row=place, is_whole=False)
            continue
        number, block, gone = (_written(told.get(name)) for name in ("number", "block", "gone"))
        yield ParcelRow(row=place, number=number, block=block, ground=feature.get("geometry"), gone=gone)


def _written(value: Any) -> str:
    if value is True:
        return "yes"
    return str(value).strip() if isinstance(value, str | int) and value is not False else ""


def _objects(file: Path, text: TextIO) -> Iterator[dict[str, Any]]:
    """The objects of the array `features`, each as soon as it is read to its end."""
    decoder = json.JSONDecoder()
    held, at = _from_features(file, text), 0
    for place in range(1, MOST_ROWS + 2):
        while True:
            at += len(held[at:]) - len(held[at:].lstrip(" \t\r\n,"))
            if held[at : at + 1] == "]":
                return
            try:
                value, at = decoder.raw_decode(held, at)
                break
            except (ValueError, RecursionError) as error:
                more = text.read(_PIECE)
                if not more or len(held) - at > _LONGEST_ROW or isinstance(error, RecursionError):
                    raise refused(
                        file, place, "this feature cannot be read.", "لا يمكن قراءة هذا العنصر."
                    ) from error
                held, at = held[at:] + more, 0
        yield value if isinstance(value, dict) else {}


def _from_features(file: Path, text: TextIO) -> str:
    held = ""
    while len(held) < _LONGEST_ROW and (more := text.read(_PIECE)):
        held += more
        if found := _BEGINNING.search(held):
            return held[found.end() :]
    raise refused(file, 1, "no FeatureCollection by RFC 7946.", "ليس FeatureCollection حسب RFC 7946.")
