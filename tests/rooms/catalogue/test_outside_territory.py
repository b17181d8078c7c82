"""A drawing outside the country is refused with the distance; exchanged coordinates are recognised."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django import Settings
from shapely import get_coordinates

from rukhsa.applications.conflict import conflicts
from rukhsa.catalogue.boundaries import LEEWAY, beyond_territory, read_boundaries
from rukhsa.catalogue.definition import read_definition
from rukhsa.catalogue.load import load
from rukhsa.catalogue.territory import read_territory
from rukhsa.places.geometry import parse_line, wgs84
from rukhsa.places.survey import Kind
from tests.rooms.catalogue.broken import BAHRAIN
from tests.rooms.catalogue.test_boundaries import with_source
from tests.rooms.places.test_spot import entered
from tests.rooms.places.test_zone import columns

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
WORKS = read_definition(BAHRAIN / "services/road-works-licence.yaml").value
IN_MANAMA = "26.2235, 50.5876\n26.2240, 50.5880"
EXCHANGED = "50.5876, 26.2235\n50.5880, 26.2240"  # a road in Ukraine
IN_QATAR = "25.2850, 51.5310\n25.2860, 51.5310"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("points", "said"), [(IN_MANAMA, None), (EXCHANGED, "are swapped"), (IN_QATAR, "Correct the drawing")]
)
def test_a_drawing_outside_the_country_is_refused_with_the_distance(
    settings: Settings, points: str, said: str | None
) -> None:
    settings.RUKHSA_TERRITORY = BAHRAIN
    load(BAHRAIN)
    with translation.override("en"):
        found = [str(each.text) for each in conflicts(WORKS, {"route": parse_line(points)}, at=AT)]
    assert len(found) == (said is not None)
    assert all(said in text and " km outside Kingdom of Bahrain" in text for text in found if said)


def test_the_distance_is_that_of_the_farthest_point_from_the_boundary(
    tmp_path: Path, settings: Settings
) -> None:
    settings.RUKHSA_TERRITORY = with_source(tmp_path, "survey authority, 2026")
    beyond = beyond_territory(parse_line(IN_QATAR)["geometry"])
    assert beyond is not None
    assert not beyond.is_exchanged
    grounds = [
        each.ground for each in read_boundaries(settings.RUKHSA_TERRITORY, read_territory(BAHRAIN)).values()
    ]
    edge = [point for ground in grounds for point in get_coordinates(ground.segmentize(0.01))]
    nearest = min(wgs84().inv(*point, 51.5310, 25.2850)[2] for point in edge)
    assert beyond.metres == pytest.approx(nearest, rel=0.01)
    settings.RUKHSA_TERRITORY = BAHRAIN  # the same boundary, but assumed: so much nearer
    assumed = beyond_territory(parse_line(IN_QATAR)["geometry"])
    assert assumed is not None
    assert LEEWAY * 0.9 < beyond.metres - assumed.metres < LEEWAY * 1.5


def test_a_territory_without_boundaries_refuses_no_place(settings: Settings) -> None:
    settings.RUKHSA_TERRITORY = BAHRAIN.with_name("spearfish")
    assert beyond_territory(parse_line(EXCHANGED)["geometry"]) is None


@pytest.mark.django_db
def test_a_drawing_away_from_the_block_of_its_address_is_refused_with_the_distance(
    settings: Settings,
) -> None:
    settings.RUKHSA_TERRITORY = BAHRAIN
    load(BAHRAIN)
    address = {"building": "1", "road": 1705, "block": 317}
    answers = {"place": address, "route": parse_line("26.2235, 50.5876\n26.2240, 50.5880")}
    assert [each.code for each in conflicts(WORKS, answers, at=AT)] == []  # no ground of a block is known
    entered(Kind.BLOCK, {"number": "317", "block": 317} | columns(-12.5, -27, -12, -26))
    assert [each.code for each in conflicts(WORKS, answers, at=AT)] == []
    answers["route"] = parse_line("26.2335, 50.5876\n26.2340, 50.5880")
    (found,) = conflicts(WORKS, answers, at=AT)
    assert (found.about, found.code) == ("route", "outside-block")
    with translation.override("en"):
        assert "is 1 km from block 317" in str(found.text)
