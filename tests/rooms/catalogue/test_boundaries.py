"""The ground of each authority: a confirmed boundary refuses a drawing, an assumed one only gives a hint."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django import Settings

from rukhsa.applications.conflict import conflicts, hints
from rukhsa.catalogue.boundaries import BadBoundaries, boundary_left, overlaps, read_boundaries
from rukhsa.catalogue.compiler import problems_in
from rukhsa.catalogue.definition import read_definition
from rukhsa.catalogue.load import load
from rukhsa.catalogue.territory import read_territory
from rukhsa.places.geometry import parse_line
from tests import opinions
from tests.rooms.catalogue.broken import BAHRAIN

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
WORKS = read_definition(BAHRAIN / "services/road-works-licence.yaml").value
IN_MANAMA, IN_MUHARRAQ = (
    parse_line(points)
    for points in ("26.2235, 50.5876\n26.2240, 50.5880", "26.2570, 50.6500\n26.2575, 50.6510")
)
PLACE = {"building": "1", "road": 1705, "block": 317}


def with_source(tmp_path: Path, source: str) -> Path:
    folder = Path(shutil.copytree(BAHRAIN, tmp_path / "bahrain"))
    file = folder / "boundaries.geojson"
    drawn = json.loads(file.read_text())
    for feature in drawn["features"]:
        feature["properties"] |= {"source": source, "margin": 100}
    file.write_text(json.dumps(drawn))
    return folder


@pytest.mark.django_db
@pytest.mark.parametrize(("source", "refused"), [("survey authority, 2026", True), ("assumed", False)])
def test_a_drawing_outside_is_refused_by_a_boundary_that_somebody_stands_for(
    tmp_path: Path, settings: Settings, source: str, refused: bool
) -> None:
    settings.RUKHSA_TERRITORY = with_source(tmp_path, source)
    load(settings.RUKHSA_TERRITORY)
    outside, inside = {"place": PLACE, "route": IN_MUHARRAQ}, {"place": PLACE, "route": IN_MANAMA}
    codes = [(each.about, each.code) for each in conflicts(WORKS, outside, at=AT)]
    assert codes == ([("route", "outside-boundary")] if refused else [])
    assert (not hints(WORKS, outside, on=date(2026, 11, 26))) is refused
    assert not conflicts(WORKS, inside, at=AT)
    assert not hints(WORKS, inside, on=date(2026, 11, 26))
    if not refused:
        with translation.override("ar"):
            assert "أمانة العاصمة" in str(hints(WORKS, outside, on=date(2026, 11, 26))["route"])


def test_the_sample_of_bahrain_says_that_it_is_assumed_and_knows_its_towns() -> None:
    known = read_boundaries(BAHRAIN, read_territory(BAHRAIN))
    assert set(known) == {"CAP", "MUH", "NOR", "SOU"}
    assert all(each.is_assumed for each in known.values())
    for code, latitude, longitude in (
        ("CAP", 26.2235, 50.5876),  # Manama
        ("MUH", 26.2572, 50.6119),  # Muharraq
        ("NOR", 26.2070, 50.4800),  # Budaiya road
        ("SOU", 26.1300, 50.5550),  # Riffa
    ):
        line = parse_line(f"{latitude}, {longitude}\n{latitude + 0.0001}, {longitude}")["geometry"]
        assert boundary_left(line, code) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"features": [{}]}',
        '{"features": [{"properties": {"authority": "CAP", "source": "x", "margin": 1}, "geometry": null}]}',
        '{"features": [{"properties": {"authority": "XYZ", "source": "x", "margin": 1}, "geometry": '
        '{"type": "Polygon", "coordinates": [[[50, 26], [51, 26], [51, 27], [50, 26]]]}}]}',
        '{"features": [{"properties": {"authority": "CAP", "source": "x", "margin": 1}, "geometry": '
        '{"type": "Polygon", "coordinates": [[[50, 26], [51, 27], [51, 26], [50, 27], [50, 26]]]}}]}',
    ],
)
def test_a_file_that_is_no_boundary_is_refused_in_words(tmp_path: Path, text: str) -> None:
    (tmp_path / "boundaries.geojson").write_text(text)
    with pytest.raises(BadBoundaries, match=r"boundaries\.geojson"):
        read_boundaries(tmp_path, read_territory(BAHRAIN))


def test_boundaries_that_overlap_are_found_with_their_area_and_place(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BAHRAIN, tmp_path / "bahrain"))
    assert list(overlaps(BAHRAIN, read_territory(BAHRAIN))) == []
    file = folder / "boundaries.geojson"
    drawn = json.loads(file.read_text())
    capital = next(each for each in drawn["features"] if each["properties"]["authority"] == "CAP")
    # Across the water: a rectangle of a hundredth of a degree each way of Muharraq.
    capital["geometry"] = {
        "type": "MultiPolygon",
        "coordinates": [
            capital["geometry"]["coordinates"],
            [[[50.64, 26.25], [50.65, 26.25], [50.65, 26.26], [50.64, 26.26], [50.64, 26.25]]],
        ],
    }
    file.write_text(json.dumps(drawn))
    (found,) = [each for each in problems_in(folder) if each.code == "boundaries-overlap"]
    assert (found.file, found.field) == ("boundaries.geojson", "CAP, MUH")
    assert "both have 1.113 square kilometres, around 26.2550, 50.6450." in found.what.en
    assert "26.2550" in found.what.ar


def test_every_real_plot_lies_in_one_authority_of_the_sample() -> None:
    known = read_boundaries(BAHRAIN, read_territory(BAHRAIN)).values()
    plots = json.loads((opinions.beside("data/bahrain-geo") / "buildings-209.geojson").read_text())[
        "features"
    ]
    held = [{each.authority for each in known if each.holds(plot["geometry"])} for plot in plots]
    assert (len(held), held.count({"MUH"})) == (589, 589)
