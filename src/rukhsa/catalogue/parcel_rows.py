"""Judges one row of a file of parcels by itself: its number, its block, its ground; or says which field is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rukhsa.catalogue.boundaries import boundary_left
from rukhsa.catalogue.parcel_files import ParcelRow
from rukhsa.places.block import BlockOnDay
from rukhsa.places.geometry import GeometryError, Ground, surveyed
from rukhsa.places.parcel import UnreadableParcel, parcel_number
from rukhsa.values.names import Text
from rukhsa.values.writing import latin_digits


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A row that is right by itself; without ground the parcel is no more."""

    row: int
    number: str
    block: int
    ground: Ground | None
    hint: Text | None = None  # what to look at again, which keeps nothing out


class WrongRow(Exception):
    """A row that stays out: which of its fields, and why."""

    def __init__(self, field: str, en: str, ar: str) -> None:
        super().__init__(en)
        self.field = field
        self.reason = Text(en=en, ar=ar)


def judge(row: ParcelRow, first: Mapping[str, int], blocks: Mapping[int, BlockOnDay]) -> Parcel:
    """The parcel of a row; `first` tells in which row a number stands first. Raises WrongRow."""
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
    """A hint where the boundary that is left is only assumed. Raises WrongRow where somebody stands for it."""
    left = boundary_left(ground.geometry, authority)
    if left is None:
        return None
    outside = WrongRow(
        "geometry", f"it lies outside the boundary of {authority}.", f"يقع خارج حدود {authority}."
    )
    if not left.is_assumed:
        raise outside
    return outside.reason
