"""A file of a survey, GeoJSON or CSV: read row by row, without keeping it in memory."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from rukhsa.catalogue.problems import DefinitionProblem, DefinitionRefused
from rukhsa.values.names import Text

MOST_ROWS: Final = 1_000_000
WKT: Final = "wkt"  # the column of a CSV file that has the geometry
_PIECE: Final = 64 * 1024  # characters read at a time
_LONGEST_ROW: Final = 1024 * 1024  # characters of one feature
_BEGINNING: Final = re.compile(r'"features"\s*:\s*\[')


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row as written; its number is its line in a CSV file, and the place of its feature in GeoJSON, from 1."""

    row: int
    told: Mapping[str, str] | None  # None: the row does not have the columns or properties of the file
    ground: Any = None  # a GeoJSON geometry, or WKT


def rows_in(file: Path, columns: tuple[str, ...] | None = None) -> Iterator[Row]:
    """The rows of a file, in order; a CSV file has these columns, or any and `wkt`.

    Raises DefinitionRefused if it is no such file, or is cut off.
    """
    ending = file.suffix.lower()
    if ending not in {".csv", ".geojson", ".json"}:
        raise refused(
            file, 1, "the name ends in .csv, .geojson or .json.", "ينتهي الاسم بـ ‎.csv أو ‎.geojson أو ‎.json."
        )
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            read = _csv_rows(file, text, columns) if ending == ".csv" else _features(file, text)
            for count, row in enumerate(read, 1):
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


def _csv_rows(file: Path, text: TextIO, columns: tuple[str, ...] | None) -> Iterator[Row]:
    head = text.readline()
    # Spreadsheets in Arabic write semicolons, since the comma is their decimal mark.
    mark = ";" if ";" in head else ","
    named = tuple(cell.strip() for cell in head.split(mark))
    if WKT not in named or named != (columns or named):
        wanted = mark.join(columns or (f"…{mark}{WKT}",))
        raise refused(file, 1, f"the first line is: {wanted}.", f"السطر الأول: {wanted}.")
    reader = csv.reader(text, delimiter=mark)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = ["a cell that is too long or broken"]
        line = reader.line_num + 1
        if len(cells) == len(named):
            told = {name: cell.strip() for name, cell in zip(named, cells, strict=True)}
            yield Row(row=line, told=told, ground=told.pop(WKT) or None)
        elif cells:
            yield Row(row=line, told=None)


def _features(file: Path, text: TextIO) -> Iterator[Row]:
    for place, feature in enumerate(_objects(file, text), 1):
        told = feature.get("properties")
        if isinstance(told, Mapping):
            written = {name: _written(value) for name, value in told.items()}
            yield Row(row=place, told=written, ground=feature.get("geometry"))
        else:
            yield Row(row=place, told=None)


def _written(value: Any) -> str:
    if value is True:
        return "yes"
    return str(value).strip() if isinstance(value, str | int) and value is not False else ""


def _objects(file: Path, text: TextIO) -> Iterator[dict[str, Any]]:
    """The objects of the array `features`, each as soon as it is complete."""
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
