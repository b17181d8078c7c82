"""A list of parcels: checked row by row, versioned, in force from its day on, entered whole or as far as it is good."""

import csv
import io
import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from pytest_django import Settings

from rukhsa.authorities.models import Authority
from rukhsa.catalogue import survey_file
from rukhsa.catalogue.import_report import Outcome, Report
from rukhsa.catalogue.parcel_file import rows_in
from rukhsa.catalogue.parcel_list import import_parcels
from rukhsa.catalogue.problems import DefinitionRefused
from rukhsa.places.models import Block, ParcelEntry, ParcelList
from rukhsa.places.parcel import NoSuchParcel, lies_within, parcel_on
from tests.rooms.catalogue.broken import BAHRAIN

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
DAY_BEFORE, NEW_YEAR, LATER = date(2026, 12, 31), date(2027, 1, 1), date(2027, 6, 1)
MADE_UP = Path(__file__).parent / "made_up_parcels.geojson"
HEAD = "number,block,wkt,gone\n"


@pytest.fixture
def loaded(db: None) -> None:
    """A block of the Capital and one of Muharraq: a whole territory would cost each test seconds."""
    for ordinal, (code, number) in enumerate({"CAP": 317, "MUH": 203}.items(), 1):
        authority = Authority.objects.create(code=code, ordinal=ordinal)
        Block.objects.create(number=number, authority=authority)


def square(west: float, south: float, side: float = 0.0005) -> str:
    east, north = west + side, south + side
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return "POLYGON((" + ", ".join(f"{x:.7f} {y:.7f}" for x, y in corners) + "))"


def rows(*given: tuple[str, str, str, str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(given)
    return HEAD + out.getvalue()


def enter(
    tmp_path: Path, text: str, *, day: date = NEW_YEAR, heard: list[Outcome] | None = None, **how: bool
) -> Report:
    file = tmp_path / "parcels.csv"
    file.write_text(text, encoding="utf-8-sig")
    return sent(file, day=day, heard=heard, **how)


def sent(file: Path, *, day: date = NEW_YEAR, heard: list[Outcome] | None = None, **how: bool) -> Report:
    tell = (heard if heard is not None else []).append
    return import_parcels(file, effective_from=day, source="made up", at=AT, tell=tell, **how)


def test_a_list_counts_from_its_day_on_and_is_entered_once(loaded: None) -> None:
    assert sent(MADE_UP, rehearse=True).counts["new"] == 5
    assert not ParcelList.objects.exists()
    assert (sent(MADE_UP).version, ParcelEntry.objects.count()) == (1, 5)
    again = sent(MADE_UP)
    assert (again.version, again.is_new, ParcelEntry.objects.count()) == (1, False, 5)
    with pytest.raises(NoSuchParcel):
        parcel_on("03-120045", on=DAY_BEFORE)
    first, with_hole, in_two = (
        parcel_on(number, on=NEW_YEAR) for number in ("03-120045", "03-120048", "03-120047")
    )
    # On the sphere: half a thousandth of a degree is 55.4 m northward and 49.9 m eastward here.
    assert 2760 < first.measure < 2775  # type: ignore[operator]
    assert float(with_hole.measure / first.measure) == pytest.approx(32 / 25, rel=1e-3)  # type: ignore[operator]
    assert float(in_two.measure / first.measure) == pytest.approx(8 / 25, rel=1e-3)  # type: ignore[operator]
    inside = {"type": "LineString", "coordinates": [[50.5871, 26.2231], [50.5874, 26.2234]]}
    beyond = {"type": "LineString", "coordinates": [[50.5871, 26.2231], [50.5876, 26.2234]]}
    assert (lies_within(inside, first), lies_within(beyond, first)) == (True, False)
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        ParcelEntry.objects.update(measure=1)


BAD = rows(
    ("1-1", "317", square(50.587, 26.223), ""),
    ("", "317", square(50.588, 26.223), ""),
    ("x" * 21 + "1", "317", square(50.588, 26.223), ""),
    ("1-4", "31700", square(50.588, 26.223), ""),
    ("1-5", "317", "", ""),
    ("1-6", "317", "POLYGON((50.6 26.2, 50.7 26.3, 50.6 26.2, 50.6 26.2))", ""),
    ("1-7", "317", "LINESTRING(50.6 26.2, 50.7 26.3)", ""),
    ("1-8", "317", "POLYGON((455000 2900000, 455100 2900000, 455100 2900100, 455000 2900000))", ""),
    ("1-9", "317", "POLYGON((nan nan, 1 1, 1 0, nan nan))", ""),
    ("1-10", "317", square(50.5871, 26.2231), ""),
    ("١-١", "317", square(50.589, 26.223), ""),
    ("1-12", "317", square(50.590, 26.223), "perhaps"),
    ("1-13", "317", "", "yes"),
    ("1-14", "317", "POLYGON EMPTY", ""),
    ("1-15", "٣١٧", square(50.592, 26.223), "no"),
)
BAD_FIELDS = ["number", "number", "block", *["geometry"] * 6, "number", "gone", "number", "geometry"]


def test_every_bad_row_is_told_with_its_field_and_reason_and_refuses_the_file(
    tmp_path: Path, loaded: None
) -> None:
    heard: list[Outcome] = []
    with pytest.raises(DefinitionRefused) as refused:
        enter(tmp_path, BAD, heard=heard)
    problems = refused.value.problems
    assert [(each.line, each.field) for each in problems] == list(zip(range(3, 16), BAD_FIELDS, strict=True))
    assert all(each.what.en and each.what.ar for each in problems)
    assert "overlaps parcel 1-1" in problems[8].what.en
    assert not ParcelEntry.objects.exists()
    assert [each.row for each in heard if each.became == "left out"]
    assert len(heard) == 15


def test_bad_rows_are_left_out_where_it_is_asked(tmp_path: Path, loaded: None) -> None:
    report = enter(tmp_path, BAD, leave_bad=True)
    assert (report.version, report.counts["new"], report.counts["left out"]) == (1, 2, 13)
    assert sorted(ParcelEntry.objects.values_list("number", flat=True)) == ["1-1", "1-15"]


def test_a_parcel_is_divided_by_a_later_list_and_what_a_list_does_not_name_stays(
    tmp_path: Path, loaded: None
) -> None:
    enter(
        tmp_path, rows(("1-1", "317", square(50.587, 26.223), ""), ("1-2", "317", square(50.589, 26.223), ""))
    )
    half = square(50.587, 26.223, 0.0002)
    with pytest.raises(DefinitionRefused, match=r"overlaps parcel 1-1\."):
        enter(tmp_path, rows(("1-3", "317", half, "")), day=LATER)
    # The old one ends in the same file, before or after.
    divided = enter(tmp_path, rows(("1-3", "317", half, ""), ("1-1", "317", "", "yes")), day=LATER)
    assert (divided.counts["new"], divided.counts["gone"]) == (1, 1)
    assert parcel_on("1-1", on=DAY_BEFORE.replace(year=2027, month=5)).number == "1-1"
    with pytest.raises(NoSuchParcel):
        parcel_on("1-1", on=LATER)
    assert parcel_on("1-2", on=LATER).list.number == 1
    again = enter(tmp_path, rows(("1-2", "317", square(50.589, 26.223), "")), day=LATER)
    assert (again.counts["as before"], ParcelEntry.objects.filter(number="1-2").count()) == (1, 1)


def test_what_is_left_out_stays_as_it_was_and_nothing_may_overlap_it(tmp_path: Path, loaded: None) -> None:
    enter(tmp_path, rows(("1-1", "317", square(50.587, 26.223), "")))
    text = rows(("1-2", "317", square(50.587, 26.223), ""), ("1-1", "99999", square(50.588, 26.223), ""))
    with pytest.raises(DefinitionRefused, match="1-1 stays as it was"):
        enter(tmp_path, text, day=LATER, leave_bad=True)
    assert ParcelList.objects.count() == 1


@pytest.mark.parametrize(("source", "refused"), [("survey bureau, 2026", True), ("assumed", False)])
def test_a_parcel_outside_the_boundary_of_its_authority(
    tmp_path: Path, settings: Settings, loaded: None, source: str, refused: bool
) -> None:
    folder = Path(shutil.copytree(BAHRAIN, tmp_path / "bahrain"))
    drawn = json.loads((folder / "boundaries.geojson").read_text())
    for feature in drawn["features"]:
        feature["properties"] |= {"source": source, "margin": 100}
    (folder / "boundaries.geojson").write_text(json.dumps(drawn))
    settings.RUKHSA_TERRITORY = folder
    report = enter(tmp_path, rows(("1-1", "317", square(50.65, 26.257), "")), leave_bad=True)
    assert (report.counts["left out"], report.counts["hint"]) == ((1, 0) if refused else (0, 1))


def test_a_large_file_is_read_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey_file, "_PIECE", 7)
    assert [(row.row, row.number) for row in rows_in(MADE_UP, {})][3] == (4, "٠٣-١٢٠٠٤٨")
    endless = tmp_path / "endless.geojson"
    endless.write_text(MADE_UP.read_text(encoding="utf-8").rstrip().removesuffix("]}"), encoding="utf-8")
    reading = rows_in(endless, {})
    assert [next(reading).row for _ in range(5)] == [1, 2, 3, 4, 5]
    with pytest.raises(DefinitionRefused, match="cannot be read"):
        next(reading)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"a,b\n1,2\n"),
        ("a.csv", HEAD.encode() + "1,317,شارع,".encode("cp1256")),
        ("a.csv", HEAD.encode()),
        ("a.geojson", b"[]"),
        ("a.geojson", b'{"features": ['),
        ("a.geojson", b'{"features": ' + b"[" * 100_000),
        ("a.geojson", b'{"features": [' + b'{"a":' * 100_000),
        ("a.geojson", b'{"features": []}'),
        ("a.shp", b"x"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(
    tmp_path: Path, loaded: None, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DefinitionRefused):
        sent(tmp_path / name)


def test_odd_features_are_rows_that_stay_out(tmp_path: Path, loaded: None) -> None:
    odd = [1, {}, {"properties": None}, {"properties": {"number": "1-1", "block": 317}, "geometry": {"type": "X"}},
           {"properties": {"number": [], "block": {}}, "geometry": 5}]  # fmt: skip
    file = tmp_path / "odd.json"
    file.write_text(json.dumps({"features": odd}))
    report = sent(file, leave_bad=True)
    assert (report.counts["left out"], [each.field for each in report.problems]) == (
        5,
        ["row", "row", "row", "geometry", "number"],
    )


def test_the_command_rehearses_enters_reports_and_tells(tmp_path: Path, loaded: None) -> None:
    file, report, out = tmp_path / "parcels.csv", tmp_path / "report.csv", io.StringIO()
    file.write_text(BAD.replace(",", ";").replace('"', "").replace("; ", ", "), encoding="utf-8")
    asked = ("ground", "import", "parcels", str(file), "--from", "2027-01-01", "--source", "made up")
    with pytest.raises(CommandError, match="nothing was entered"):
        call_command(*asked, "--report", str(report))
    call_command(*asked, "--leave-bad", "--report", str(report), stdout=out)
    told = {row["row"]: row for row in csv.DictReader(io.StringIO(report.read_text(encoding="utf-8")))}
    assert {"row": "3", "name": "", "outcome": "left out", "field": "number"}.items() <= told["3"].items()
    assert "13 left out" in out.getvalue()
    assert "until territory.yaml says parcels: yes" in out.getvalue()
    call_command("ground", "show", "parcel", "١-١", "--on", "2027-01-01", stdout=out)
    assert "block 317, CAP" in out.getvalue()
    with pytest.raises(CommandError, match="there is no parcel"):
        call_command("ground", "show", "parcel", "1-1", "--on", "2026-01-01")
