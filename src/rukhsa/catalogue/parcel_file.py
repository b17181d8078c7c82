"""A list of parcels, GeoJSON or CSV: its rows, each checked alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rukhsa.catalogue.boundaries import boundary_left
from rukhsa.catalogue.survey_file import rows_in as read_rows
from rukhsa.catalogue.survey_row import WrongRow, block_of, ground_of
from rukhsa.places.block import BlockOnDay
from rukhsa.places.geometry import Ground
from rukhsa.places.parcel import UnreadableParcel, parcel_number
from rukhsa.values.names import Text

COLUMNS: Final = ("number", "block", "wkt", "gone")


@dataclass(frozen=True, kw_only=True)
class ParcelRow:
    """One row as written; its number is its line in a CSV file, and the place of its feature in GeoJSON, from 1."""

    row: int
    number: str = ""
    block: str = ""
    ground: Any = None  # a GeoJSON geometry, or WKT
    gone: str = ""
    is_whole: bool = True  # False: the row does not have the columns of the file


def rows_in(file: Path, renamed: Mapping[str, str]) -> Iterator[ParcelRow]:
    """The rows of a file, in order; `renamed` has what the file calls number, block and gone.

    Raises DefinitionRefused if it is no such file, or is cut off.
    """
    for row in read_rows(file, None if renamed else COLUMNS):
        if row.told is None:
            yield ParcelRow(row=row.row, is_whole=False)
            continue
        number, block, gone = (
            row.told.get(renamed.get(name, name), "") for name in ("number", "block", "gone")
        )
        yield ParcelRow(row=row.row, number=number, block=block, ground=row.ground, gone=gone)


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A parcel from a correct row; without ground, the parcel no longer exists."""

    row: int
    number: str
    block: int
    ground: Ground | None
    hint: Text | None = None  # a hint, which refuses nothing


def judge(row: ParcelRow, first: Mapping[str, int], blocks: Mapping[int, BlockOnDay]) -> Parcel:
    """The parcel of a row; `first` has the first row of each number. Raises WrongRow."""
    if not row.is_whole:
        raise WrongRow("row", "it has not the columns or properties of a parcel.", "ليست فيه بيانات عقار.")
    number = _number(row, first)
    block = block_of(row.block, blocks)
    if row.gone not in ("", "yes", "no"):
        raise WrongRow("gone", "write yes, or nothing.", "اكتب yes أو لا شيء.")
    if row.gone == "yes":
        return Parcel(row=row.row, number=number, block=block.number, ground=None)
    ground = ground_of(row.ground)
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
