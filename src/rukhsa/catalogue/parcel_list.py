"""Imports a list of parcels as a new version, in force from a day: all of it, or only its good rows."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import batched
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from rukhsa.audit.journal import record
from rukhsa.catalogue.import_report import HINT, LEFT_OUT, MENDING, Outcome, Report, Reporting
from rukhsa.catalogue.parcel_file import Parcel, judge, rows_in
from rukhsa.catalogue.problems import DefinitionProblem, DefinitionRefused
from rukhsa.catalogue.survey_file import refused, row_problem
from rukhsa.catalogue.survey_row import MENDED, WrongRow
from rukhsa.late import shapely, shapes
from rukhsa.locks import one_at_a_time
from rukhsa.places.block import BlockOnDay, blocks_on
from rukhsa.places.geometry import SHARED, shared
from rukhsa.places.models import ParcelEntry, ParcelList
from rukhsa.places.parcel import UnreadableParcel, near, parcel_number, parcels_on
from rukhsa.values.names import Text

AT_ONCE: Final = 200  # rows that are looked up together
# Assumed: of two that share so much of the smaller one, one is wrong; less is a fault of measuring, and is told.
CLASHING: Final = 0.5

NEW, CHANGED, AS_BEFORE, GONE = "new", "changed", "as before", "gone"
OUTCOMES: Final = (NEW, CHANGED, AS_BEFORE, GONE, LEFT_OUT, MENDING, HINT)


@transaction.atomic
def import_parcels(
    file: Path,
    *,
    effective_from: date,
    source: str,
    at: datetime,
    leave_bad: bool = False,
    rehearse: bool = False,
    renamed: Mapping[str, str] = MappingProxyType({}),
    tell: Callable[[Outcome], None] = lambda outcome: None,
) -> Report:
    """Import a GeoJSON or CSV file as the next version of the parcels, in one transaction.

    A bad row refuses the file (DefinitionRefused lists the first hundred); with `leave_bad` only the row is left out.
    `tell` is called for every row. `renamed` has what the file calls number, block and gone. The same file is
    entered once for a day. With `rehearse` nothing is kept. The file is read twice, row by row, with the number of
    each parcel and 200 rows in memory. The cost grows with the rows.
    """
    one_at_a_time("places.parcels")
    told = {"digest": _digest(file), "effective_from": effective_from}
    if known := ParcelList.objects.filter(**told).first():
        return Report(counts=dict.fromkeys(OUTCOMES, 0), version=known.number, is_new=False)
    number = (ParcelList.objects.aggregate(newest=Max("number"))["newest"] or 0) + 1
    entering = _Entering(
        file=file,
        hears=tell,
        report=Report(counts=dict.fromkeys(OUTCOMES, 0)),
        entered=(entered := ParcelList.objects.create(number=number, **told, source=source, at=at)),
        first=_first_rows(file, renamed),
        blocks=blocks_on(effective_from),
        renamed=renamed,
    )
    for some in batched(_sound(entering), AT_ONCE):
        _enter(entering, some)
    _require_agreed(entering, leave_bad)
    counted = {became.replace(" ", "_"): count for became, count in entering.report.counts.items()}
    record("import-parcels", entered, actor=None, at=at, **counted)
    entering.report.version = None if rehearse else entered.number
    transaction.set_rollback(rehearse)
    return entering.report


@dataclass(kw_only=True)
class _Entering(Reporting):
    """The state of an import."""

    entered: ParcelList
    first: dict[str, int]  # by number, the first row that names it
    blocks: dict[int, BlockOnDay]
    renamed: Mapping[str, str]
    kept: list[str] = field(
        default_factory=list
    )  # numbers whose row is refused, so that they stay as they are

    def leave_out(self, row: int, number: str, wrong: WrongRow) -> None:
        self.tell(row, number, LEFT_OUT, wrong.field, wrong.reason)
        if self.first.get(number) == row:
            self.kept.append(number)


def _digest(file: Path) -> str:
    with file.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def _first_rows(file: Path, renamed: Mapping[str, str]) -> dict[str, int]:
    first: dict[str, int] = {}
    for row in rows_in(file, renamed):
        first.setdefault(_as_kept(row.number), row.row)
    return first


def _as_kept(written: str) -> str:
    try:
        return parcel_number(written)
    except UnreadableParcel:
        return written[:40]


def _sound(entering: _Entering) -> Iterator[Parcel]:
    """The parcels of the correct rows; the other rows are reported and refused."""
    for row in rows_in(entering.file, entering.renamed):
        try:
            parcel = judge(row, entering.first, entering.blocks)
        except WrongRow as wrong:
            entering.leave_out(row.row, _as_kept(row.number), wrong)
            continue
        if parcel.ground and parcel.ground.is_mended:
            entering.tell(parcel.row, parcel.number, MENDING, "geometry", MENDED)
        if parcel.hint:
            entering.tell(parcel.row, parcel.number, HINT, "geometry", parcel.hint)
        yield parcel


def _enter(entering: _Entering, some: tuple[Parcel, ...]) -> None:
    """Enter the parcels of a batch that change something and overlap no other."""
    standing = parcels_on(entering.entered.effective_from)
    before = {each.number: each for each in standing.filter(number__in=[each.number for each in some])}
    neighbours = _neighbours(entering, some)
    made, taken = [], set[str]()
    for parcel in some:
        beside = [
            each for each in neighbours.get(parcel.number, []) if not each.is_here or each.number in taken
        ]
        try:
            became = _became(parcel, before.get(parcel.number), beside)
        except WrongRow as wrong:
            entering.leave_out(parcel.row, parcel.number, wrong)
            continue
        taken.add(parcel.number)
        entering.tell(parcel.row, parcel.number, became)
        for each in beside:
            entering.tell(parcel.row, parcel.number, HINT, "geometry", each.told)
        if became != AS_BEFORE:
            made.append(_entry(entering.entered, parcel))
    ParcelEntry.objects.bulk_create(made)


@dataclass(frozen=True, kw_only=True)
class _Neighbour:
    """A parcel that shares more than SHARED with one of a batch; whether it is of the same batch, and one is wrong."""

    number: str
    is_here: bool
    clashes: bool
    metres: float  # square metres that they share

    @property
    def told(self) -> Text:
        return Text(
            en=f"it overlaps parcel {self.number} by {self.metres:.1f} m2.",
            ar=f"يتداخل مع العقار {self.number} في {self.metres:.1f} م².",
        )


def _became(parcel: Parcel, old: ParcelEntry | None, beside: list[_Neighbour]) -> str:
    """The outcome of a row beside the accepted parcels. Raises WrongRow."""
    if other := next((each.number for each in beside if each.clashes), None):
        raise WrongRow("geometry", f"it overlaps parcel {other}.", f"يتداخل مع العقار {other}.")
    if parcel.ground is None:
        if old is None:
            raise WrongRow(
                "number", "there is no such parcel that could end.", "لا يوجد عقار بهذا الرقم لينتهي."
            )
        return GONE
    if old is None:
        return NEW
    same = (old.block_id, old.geometry) == (parcel.block, parcel.ground.geometry)
    return AS_BEFORE if same else CHANGED


def _neighbours(entering: _Entering, some: tuple[Parcel, ...]) -> dict[str, list[_Neighbour]]:
    """For each parcel of a batch the parcels that it overlaps.

    A parcel with a row further down in the file is compared when that row is read.
    """
    grounds: dict[str, Any] = {each.number: each.ground.outline for each in some if each.ground}
    if not grounds:
        return {}
    here, last = {each.number for each in some}, some[-1].row
    standing = parcels_on(entering.entered.effective_from)
    around = standing.filter(pk__in=near(each.bounds for each in grounds.values()))
    others = {
        number: shapes.shape(geometry)
        for number, geometry in around.values_list("number", "geometry")
        if number not in here and entering.first.get(number, 0) <= last
    }
    numbers, polygons = [*grounds, *others], [*grounds.values(), *others.values()]
    found: dict[str, list[_Neighbour]] = {}
    pairs = shapely.STRtree(polygons).query(list(grounds.values()), predicate="intersects")
    for one, other in zip(*pairs.tolist(), strict=True):
        metres = shared(polygons[one], polygons[other])
        if one != other and metres > SHARED:
            clashes = _clash(polygons[one], polygons[other])
            number = numbers[other]
            told = _Neighbour(number=number, is_here=number in here, clashes=clashes, metres=metres)
            found.setdefault(numbers[one], []).append(told)
    return found


def _clash(one: Any, other: Any) -> bool:
    """Whether they share so much that one of them is wrong."""
    return bool(one.intersection(other).area > CLASHING * min(one.area, other.area))


def _entry(list: ParcelList, parcel: Parcel) -> ParcelEntry:
    entry = ParcelEntry(list=list, number=parcel.number, block_id=parcel.block)
    if parcel.ground:
        entry.geometry, entry.measure = parcel.ground.geometry, parcel.ground.measure
        entry.west, entry.south, entry.east, entry.north = parcel.ground.outline.bounds
    return entry


def _require_agreed(entering: _Entering, leave_bad: bool) -> None:
    """The problems of parcels that stay as they were, since their row was refused, and overlap an entered one."""
    report = entering.report
    if not any(report.counts[became] for became in OUTCOMES if became != HINT):
        raise refused(entering.file, 1, "the file has no rows.", "لا صفوف في الملف.")
    against = list(_against(entering))
    if against or (report.problems and not leave_bad):
        raise DefinitionRefused([*report.problems, *against])


def _against(entering: _Entering) -> Iterator[DefinitionProblem]:
    standing = parcels_on(entering.entered.effective_from)
    for old in standing.filter(number__in=entering.kept):
        ground = shapes.shape(old.geometry)
        entered = standing.filter(pk__in=near([ground.bounds]), list=entering.entered)
        for new in entered.exclude(number=old.number):
            if _clash(ground, shapes.shape(new.geometry)):
                told = Text(
                    en=f"left out, {old.number} stays as it was, and {new.number} of this file overlaps it.",
                    ar=f"باستبعاده يبقى {old.number} كما كان، فيتداخل معه {new.number} من هذا الملف.",
                )
                yield row_problem(entering.file, entering.first[old.number], "geometry", told)
