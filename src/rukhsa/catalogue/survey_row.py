"""One row of a survey: what it says of a governorate, a block, a road, a building or a zone, checked alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rukhsa.catalogue.survey_file import Row
from rukhsa.places.block import BlockOnDay
from rukhsa.places.geometry import GeometryError, Ground, surveyed
from rukhsa.places.survey import Kind
from rukhsa.values.names import Text
from rukhsa.values.writing import WritingError, clean, latin_digits

ROAD_CLASSES: Final = ("main", "street", "path")
PROPERTIES: Final = ("number", "block", "road", "name_ar", "name_en", "class", "zone")
# How those who survey write that there is none.
_NONE: Final = frozenset({"0", "00", "000", "-", "n/a", "none", "null"})
_LONGEST: Final = {"number": 60, "road": 60, "name_ar": 80, "name_en": 80}


class WrongRow(Exception):
    """A row that is refused: the field, and why."""

    def __init__(self, field: str, en: str, ar: str) -> None:
        super().__init__(en)
        self.field = field
        self.reason = Text(en=en, ar=ar)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How the rows of a file are read: what it calls our properties, what all have, and what is known on its day."""

    kind: Kind
    blocks: Mapping[int, BlockOnDay]
    zones: Mapping[str, str] = field(default_factory=dict)  # as surveys write them, folded: our id
    renamed: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Surveyed:
    """What a correct row says; `road`, `number` and the names are "" where it says none."""

    row: int
    number: str
    block: int | None
    road: str
    name_ar: str
    name_en: str
    sort: str
    ground: Ground

    @property
    def name(self) -> str:
        """By which a report calls it."""
        return self.number or self.name_en or self.name_ar or self.sort


def judge(row: Row, reading: Reading) -> Surveyed:
    """What a row says. Raises WrongRow."""
    if row.told is None:
        raise WrongRow("row", "it has not the columns or properties of the file.", "ليست فيه أعمدة الملف.")
    told = {name: property_of(row.told, name, reading) for name in PROPERTIES}
    is_road = reading.kind is Kind.ROAD
    block = block_of(told["block"], reading.blocks).number if told["block"] else None
    if reading.kind is Kind.BLOCK:
        block = block_of(told["number"], reading.blocks).number
        told["number"] = str(block)
    require_named(reading.kind, told)
    return Surveyed(
        row=row.row,
        number=told["number"],
        block=block,
        road=told["road"],
        name_ar=told["name_ar"],
        name_en=told["name_en"],
        sort=sort_of(told, reading),
        ground=ground_of(row.ground, lines=is_road),
    )


def require_named(kind: Kind, told: Mapping[str, str]) -> None:
    """Raise WrongRow for a governorate without a name, or a road with neither number nor name."""
    has_name = told["name_ar"] or told["name_en"]
    if kind is Kind.GOVERNORATE and not has_name:
        raise WrongRow("name", "it has no name_ar or name_en.", "لا اسم له: name_ar أو name_en.")
    if kind is Kind.ROAD and not (has_name or told["number"]):
        raise WrongRow("number", "it has neither number nor name.", "لا رقم له ولا اسم.")


def property_of(row: Mapping[str, str], name: str, reading: Reading) -> str:
    """One of our properties as a row has it, "" for none. Raises WrongRow for text that cannot be kept."""
    written = reading.fixed.get(name) or row.get(reading.renamed.get(name, name), "")
    try:
        text = clean(written)
    except WritingError as error:
        raise WrongRow(name, "its text is broken.", "نصه تالف.") from error
    if name in ("number", "block", "road"):
        text = ",".join(part.strip() for part in latin_digits(text).split(","))
        text = "" if text.casefold() in _NONE else text
    if name == "number":
        text = text.upper()  # as an address has it: 285A
    if len(text) > _LONGEST.get(name, 80):
        raise WrongRow(name, f"it has more than {_LONGEST.get(name, 80)} characters.", "أطول من المسموح.")
    return text


def sort_of(told: Mapping[str, str], reading: Reading) -> str:
    """The kind of a zone, or the class of a road. Raises WrongRow for one that is not known."""
    if reading.kind is Kind.ROAD:
        if told["class"] and told["class"] not in ROAD_CLASSES:
            known = ", ".join(ROAD_CLASSES)
            raise WrongRow("class", f"it is one of {known}.", f"يكون أحد: {known}.")
        return told["class"]
    if reading.kind is not Kind.ZONE:
        return ""
    found = reading.zones.get(told["zone"].casefold())
    if found is None:
        said, known = told["zone"][:40], ", ".join(sorted(set(reading.zones.values()))) or "none"
        raise WrongRow(
            "zone",
            f'territory.yaml has no zone "{said}"; it has: {known}.',
            f'لا نطاق باسم "{said}" في territory.yaml، وفيه: {known}.',
        )
    return found


def block_of(written: str, blocks: Mapping[int, BlockOnDay]) -> BlockOnDay:
    """The block that a row names. Raises WrongRow where there is none of this number on its day."""
    number = latin_digits(written)
    known = blocks.get(int(number)) if number.isascii() and number.isdigit() and len(number) < 7 else None
    if known is None:
        said = written[:20]
        raise WrongRow(
            "block", f'there is no block "{said}" on that day.', f'لا يوجد مجمع "{said}" في ذلك اليوم.'
        )
    return known


_REASONS: Final = {
    "drawing-unreadable": Text(en="it cannot be read.", ar="لا يمكن قراءته."),
    "not-an-area": Text(en="it is no Polygon or MultiPolygon.", ar="ليس مضلعًا."),
    "not-a-line": Text(en="it is no LineString or MultiLineString.", ar="ليس خطًا."),
    "line-too-short": Text(en="it has no length.", ar="لا طول له."),
    "too-few-or-too-many-points": Text(
        en="it is empty or has more than 5000 corners.", ar="فارغ أو تزيد أركانه على 5000."
    ),
    "point-not-on-earth": Text(
        en="its points are no degrees of longitude and latitude (WGS 84).",
        ar="نقاطه ليست بدرجات الطول والعرض (WGS 84).",
    ),
    "area-invalid": Text(en="it is no sound area.", ar="ليس مساحة سليمة."),
}
MENDED: Final = Text(
    en="its outline crossed itself or repeated points, and was set right.",
    ar="حدوده تقاطعت مع نفسها أو تكررت نقاطها، وقد صُوّبت.",
)


def ground_of(given: Any, *, lines: bool = False) -> Ground:
    """The ground of a row. Raises WrongRow."""
    try:
        return surveyed(given, lines=lines)
    except GeometryError as error:
        reason = _REASONS[error.code]
        raise WrongRow("geometry", reason.en, reason.ar) from error
