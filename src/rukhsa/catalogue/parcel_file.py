"""A file of parcels, GeoJSON or CSV: read row by row, without keeping it in memory, and each row checked alone."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from rukhsa.catalogue.boundaries import boundary_left
from rukhsa.catalogue.problems import DefinitionProblem, DefinitionRefused
from rukhsa.places.block import BlockOnDay
from rukhsa.places.geometry import GeometryError, Ground, surveyed
from rukhsa.places.parcel import UnreadableParcel, parcel_number
from rukhsa.values.names import Text
from rukhsa.values.writing import latin_digits

COLUMNS: Final = ("number", "block", "wkt", "gone")
MOST_ROWS: Final = 1_000_000
_PIECE: Final = 64 * 1024  # characters read at a time
_LONGEST_ROW: Final = 1024 * 1024  # characters of one feature
_BEGINNING: Final = re.compile(r'"features"\s*:\s*\[')


@dataclass(frozen=True, kw_only=True)
class ParcelRow:
    """One row as written; its number is its line in a CSV file, and the place of its feature in GeoJSON, from 1."""

    row: int
    number: str = ""
    block: str = ""
    ground: Any = None  # a GeoJSON geometry, or WKT
    gone: str = ""
    is_whole: bool = True  # False: the row does not have the columns of the file


def rows_in(file: Path) -> Iterator[ParcelRow]:
    """The rows of a file, in order. Raises DefinitionRefused if it is no such file, or is cut off."""
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


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A parcel from a correct row; without ground, the parcel no longer exists."""

    row: int
    number: str
    block: int
    ground: Ground | None
    hint: Text | None = None  # a hint, which refuses nothing


class WrongRow(Exception):
    """A row that is refused: the field, and why."""

    def __init__(self, field: str, en: str, ar: str) -> None:
        super().__init__(en)
        self.field = field
        self.reason = Text(en=en, ar=ar)


def judge(row: ParcelRow, first: Mapping[str, int], blocks: Mapping[int, BlockOnDay]) -> Parcel:
    """The parcel of a row; `first` has the first row of each number. Raises WrongRow."""
    if not row.is_whole:
        raise WrongRow("row", "it has not the columns or properties of a parcel.", "ليست فيه بيانات عقار.")
    number = _number(row, first)
    block = _block(row, blocks)
    if row.gone not in ("", "yes", "no"):
        raise WrongRow("gone", "write yes, or nothing.", "اكتب yes أو لا شيء.")
    if row.gone == "yes":
        return Parcel(row=row.row, number=number, block=block.number, ground=None)
    ground = _ground(row)
    return Parcel(
        row=row.row, number=number, block=block.number, ground=ground, hint=_outside(ground, block.authority)
    )


def _number(row: ParcelRow, first: Mapping[str, int]) -> str:
    try:
        number = parcel_number(row.number)
    except UnreadableParcel:
        raise WrongRow(
            "number",
            "it has at least one digit and at most 20 characters.",
            "فيه رقم على الأقل و20 حرفًا على الأكثر.",
        ) from None
    if first[number] != row.row:
        earlier = first[number]
        raise WrongRow(
            "number", f"{number} stands in row {earlier} already.", f"الرقم {number} وارد في الصف {earlier}."
        )
    return number


def _block(row: ParcelRow, blocks: Mapping[int, BlockOnDay]) -> BlockOnDay:
    written = latin_digits(row.block)
    known = blocks.get(int(written)) if written.isascii() and written.isdigit() and len(written) < 7 else None
    if known is None:
        said = row.block[:20]
        raise WrongRow(
            "block", f'there is no block "{said}" on that day.', f'لا يوجد مجمع "{said}" في ذلك اليوم.'
        )
    return known


_REASONS: Final = {
    "drawing-unreadable": Text(en="it cannot be read.", ar="لا يمكن قراءته."),
    "not-an-area": Text(en="it is no Polygon or MultiPolygon.", ar="ليس مضلعًا."),
    "too-few-or-too-many-points": Text(
        en="it is empty or has more than 5000 corners.", ar="فارغ أو تزيد أركانه على 5000."
    ),
    "point-not-on-earth": Text(
        en="its points are no degrees of longitude and latitude (WGS 84).",
        ar="نقاطه ليست بدرجات الطول والعرض (WGS 84).",
    ),
    "area-crosses-itself": Text(en="its outline crosses itself.", ar="حدوده تتقاطع مع نفسها."),
    "area-invalid": Text(en="it is no sound area.", ar="ليس مساحة سليمة."),
}


def _ground(row: ParcelRow) -> Ground:
    try:
        return surveyed(row.ground)
    except GeometryError as error:
        reason = _REASONS[error.code]
        raise WrongRow("geometry", reason.en, reason.ar) from error


def _outside(ground: Ground, authority: str) -> Text | None:
    """A hint if the parcel crosses an assumed boundary. Raises WrongRow if the boundary is confirmed."""
    left = boundary_left(ground.geometry, authority)
    if left is None:
        return None
    outside = WrongRow(
        "geometry", f"it lies outside the boundary of {authority}.", f"يقع خارج حدود {authority}."
    )
    if not left.is_assumed:
        raise outside
    return outside.reason
