"""Surveys of the ground: each row taken, mended or refused with its reason; versions by day and part; resumed."""

import csv
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from rukhsa.authorities.models import Authority
from rukhsa.catalogue import survey_list
from rukhsa.catalogue.import_report import Outcome, Report
from rukhsa.catalogue.problems import DefinitionRefused
from rukhsa.catalogue.survey_list import import_survey
from rukhsa.catalogue.survey_row import Reading
from rukhsa.places.block import blocks_on
from rukhsa.places.models import Block, Feature, Survey, SurveyVersion
from rukhsa.places.survey import Found, Kind, features_within, learn_features, rows_near

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
BEFORE, NEW_YEAR, LATER = date(2026, 12, 31), date(2027, 1, 1), date(2027, 6, 1)
VIEW = (50.58, 26.22, 50.60, 26.24)
SIDE = 0.0005


@pytest.fixture(autouse=True)
def block(db: None) -> Block:
    authority = Authority.objects.create(code="CAP", ordinal=1)
    return Block.objects.create(number=317, authority=authority)


def square(west: float, south: float, side: float = SIDE) -> dict[str, Any]:
    east, north = west + side, south + side
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def building(number: Any, west: float, **more: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"number": number, "road": "1705", "block": 317} | more,
        "geometry": square(west, 26.223),
    }


def file_of(tmp_path: Path, *features: dict[str, Any]) -> Path:
    file = tmp_path / "survey.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return file


def sent(file: Path, kind: Kind = Kind.BUILDING, *, day: date = NEW_YEAR, **how: Any) -> Report:
    names = ("renamed", "fixed", "zones")
    reading = Reading(
        kind=kind, blocks=blocks_on(day), **{name: how.pop(name) for name in names if name in how}
    )
    return import_survey(file, reading, effective_from=day, source="made up", at=AT, **how)


def found(day: date = NEW_YEAR, kind: Kind = Kind.BUILDING) -> list[Found]:
    near = features_within(VIEW, on=day, kinds=[kind], most=100)
    return sorted(near, key=lambda each: (each.number, each.sort))


def test_a_survey_counts_from_its_day_on_and_is_entered_once(tmp_path: Path) -> None:
    file = file_of(tmp_path, building("1024", 50.585), building(1026, 50.586))
    assert sent(file, rehearse=True).counts["taken"] == 2
    assert not Survey.objects.exists()
    assert (sent(file).version, sent(file).is_new) == (1, False)
    assert (found(BEFORE), [each.number for each in found()]) == ([], ["1024", "1026"])
    assert found()[0].road == "1705"
    sent(file_of(tmp_path, building("2a", 50.585)), day=LATER)
    assert ([each.number for each in found(LATER)], len(found())) == (["2A"], 2)
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        Feature.objects.update(number="3")


def test_a_survey_of_a_part_replaces_that_part_alone(tmp_path: Path) -> None:
    sent(file_of(tmp_path, building("1", 50.585)), part="north")
    sent(file_of(tmp_path, building("2", 50.586)), part="south")
    sent(file_of(tmp_path, building("3", 50.587)), part="south", day=LATER)
    assert [each.number for each in found(LATER)] == ["1", "3"]


CROSSED = [[50.585, 26.223], [50.586, 26.224], [50.585, 26.224], [50.586, 26.223], [50.585, 26.223]]
REPEATED = [[50.588, 26.223], [50.589, 26.223], [50.589, 26.223], [50.589, 26.224], [50.588, 26.223]]
ON_A_LINE = [[50.588, 26.223], [50.589, 26.223], [50.588, 26.223], [50.588, 26.223]]


def ring(number: str, corners: list[list[float]]) -> dict[str, Any]:
    return building(number, 50.58) | {"geometry": {"type": "Polygon", "coordinates": [corners]}}


def test_dirt_is_mended_refused_or_told_with_its_row_and_reason(tmp_path: Path) -> None:
    heard: list[Outcome] = []
    rows = [
        building("1", 50.585), building("000", 50.586), building("٢", 50.587, road="Palm Avenue"),
        building("4", 50.585), building("5", 50.5851), ring("6", CROSSED), ring("7", REPEATED),
        ring("8", ON_A_LINE), building("9", 50.59, block=99999), building("1" * 61, 50.591), {"type": "Feature"},
        building("12", 50.592) | {"geometry": {"type": "Point", "coordinates": [50, 26]}},
    ]  # fmt: skip
    with pytest.raises(DefinitionRefused):
        sent(file_of(tmp_path, *rows))
    assert found() == []
    report = sent(file_of(tmp_path, *rows), leave_bad=True, tell=heard.append)
    became = {each.row: each for each in heard if each.became != "hint"}
    out = "left out"
    fates = ["taken", "taken", "taken", out, "taken", "mended", "mended", out, out, out, out, out]
    assert [became[row].became for row in range(1, 13)] == fates
    assert [(row, each.field) for row, each in became.items() if each.became == "left out"] == [
        (4, "geometry"), (8, "geometry"), (9, "block"), (10, "number"), (11, "row"), (12, "geometry"),
    ]  # fmt: skip
    assert became[4].reason.en == "it is the same as row 1 (1)."
    assert [each.row for each in heard if each.became == "hint"] == [5, 6, 6]
    assert report.counts == {"taken": 4, "mended": 2, "left out": 6, "hint": 3}
    numbers = {each.number for each in found()}
    assert numbers == {"1", "", "2", "5", "6", "7"}
    assert all(each.reason.ar for each in heard if each.became == "left out")


def test_an_import_that_was_killed_goes_on_and_counts_only_when_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey_list, "AT_ONCE", 3)
    rows = [building(str(number), 50.58 + number * 0.001) for number in range(10)]
    file = file_of(tmp_path, *rows, building("10", 50.58))

    def dies(outcome: Outcome) -> None:
        if outcome.row == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sent(file, tell=dies, leave_bad=True)
    assert (Feature.objects.count(), SurveyVersion.objects.count(), found()) == (6, 0, [])
    kept = set(Feature.objects.values_list("pk", flat=True))
    heard: list[Outcome] = []
    report = sent(file, tell=heard.append, leave_bad=True)
    assert (report.counts["taken"], report.counts["left out"], len(heard)) == (10, 1, 11)
    assert kept < set(Feature.objects.values_list("pk", flat=True))
    assert (Feature.objects.count(), Survey.objects.count()) == (10, 1)


def test_properties_are_renamed_and_fixed(tmp_path: Path) -> None:
    file = file_of(
        tmp_path, {"properties": {"bldg": "12", "zoning": "UHa"}, "geometry": square(50.585, 26.223)}
    )
    sent(file, renamed={"number": "bldg"}, fixed={"block": "317"})
    assert [(each.number, each.block) for each in found()] == [("12", 317)]
    # Read otherwise it says other things, and is another version.
    assert sent(file, fixed={"block": "317"}).version == 2


def test_a_zone_is_one_of_the_territory_and_lies_over_others(tmp_path: Path) -> None:
    zones = {"heritage": "heritage", "uha": "heritage", "coast": "coast"}
    rows = [
        {"properties": {"zone": name}, "geometry": square(50.585, 26.223)}
        for name in ("UHa", "coast", "heritage", "aviation")
    ]
    heard: list[Outcome] = []
    sent(file_of(tmp_path, *rows), Kind.ZONE, zones=zones, leave_bad=True, tell=heard.append)
    assert [each.sort for each in found(kind=Kind.ZONE)] == ["coast", "heritage"]
    assert [each.reason.en for each in heard if each.became == "left out"] == [
        "it is the same as row 1 (heritage).",
        'territory.yaml has no zone "aviation"; it has: coast, heritage.',
    ]


def test_roads_are_lines_with_a_number_or_a_name(tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [[50.585, 26.223], [50.586, 26.223]]}
    further = {"type": "LineString", "coordinates": [[50.585, 26.224], [50.586, 26.224]]}
    rows = [
        {"properties": {"number": 1705, "class": "main"}, "geometry": line},
        {"properties": {"name_ar": "شارع النخيل"}, "geometry": further},
        {"properties": {}, "geometry": line},
        {"properties": {"number": 2, "class": "motorway"}, "geometry": line},
        {"properties": {"number": 3}, "geometry": square(50.58, 26.22)},
    ]  # fmt: skip
    report = sent(file_of(tmp_path, *rows), Kind.ROAD, leave_bad=True)
    assert (report.counts["taken"], report.counts["left out"]) == (2, 3)
    first = Feature.objects.order_by("row")[0]
    assert 99 < first.measure < 101  # a thousandth of a degree eastward here
    assert first.sort == "main"


def test_the_cost_of_a_view_does_not_grow_with_the_survey(tmp_path: Path) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            found()
        return len(asked)

    sent(file_of(tmp_path, building("1", 50.585)))
    few = queries()
    sent(file_of(tmp_path, *(building(str(n), 50.55 + n * 0.0006) for n in range(100))), day=LATER)
    assert queries() == few == 1


def test_a_view_is_found_by_the_index_and_not_by_reading_the_survey() -> None:
    survey = Survey.objects.create(kind=Kind.BUILDING, effective_from=NEW_YEAR, source="x", digest="x", at=AT)
    edges = [(row, 50 + row % 100 / 200, 26 + row // 100 / 200) for row in range(5_000)]
    Feature.objects.bulk_create(
        Feature(
            survey=survey, row=row, geometry={}, measure=1, west=x, south=y, east=x + 0.001, north=y + 0.001
        )
        for row, x, y in edges
    )
    SurveyVersion.objects.create(survey=survey, kind=Kind.BUILDING, number=1, at=AT)
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as asked:
        # While it is filled, before the planner has learnt anything: each box of a batch by itself.
        list(rows_near(survey, [(50.2, 26.1, 50.202, 26.102)] * 50, before=4_000))
        (sought,) = (each["sql"] for each in asked.captured_queries if "LATERAL" in each["sql"])
        cursor.execute(f"EXPLAIN {sought}")
        assert "features_by_ground" in str(cursor.fetchall())
        learn_features()
        features_within((50.2, 26.1, 50.202, 26.102), on=NEW_YEAR, kinds=[Kind.BUILDING], most=10)
        cursor.execute("EXPLAIN " + asked.captured_queries[-1]["sql"])
        assert "features_by_ground" in str(cursor.fetchall())


def test_the_command_imports_reports_and_lists(tmp_path: Path) -> None:
    file, report, out = (
        file_of(tmp_path, building("1", 50.585), building("2", 50.585)),
        tmp_path / "r.csv",
        io.StringIO(),
    )
    asked = (
        "ground",
        "import",
        "buildings",
        str(file),
        "--from",
        "2027-01-01",
        "--source",
        "survey",
        "--part",
        "317",
    )
    with pytest.raises(CommandError, match="nothing was entered"):
        call_command(*asked)
    call_command(*asked, "--leave-bad", "--report", str(report), stdout=out)
    assert "1 taken, 0 mended, 1 left out" in out.getvalue()
    told = list(csv.DictReader(io.StringIO(report.read_text(encoding="utf-8"))))
    assert [(row["row"], row["outcome"], row["field"]) for row in told] == [
        ("1", "taken", ""),
        ("2", "left out", "geometry"),
    ]
    call_command("ground", "versions", stdout=out)
    assert "building v1 (317), from 2027-01-01: survey" in out.getvalue()
    with pytest.raises(SystemExit):
        call_command(*asked, "--property", "colour=red")
