"""A drawing outside the country or far from its block is refused with the distance, and exchanged coordinates so."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django import Settings
from shapely import get_coordinates
from shapely.geometry import box, mapping

from rukhsa.applications.conflict import conflicts
from rukhsa.catalogue.boundaries import LEEWAY, beyond_territory, read_boundaries
from rukhsa.catalogue.definition import read_definition
from rukhsa.catalogue.load import load
from rukhsa.catalogue.territory import read_territory
from rukhsa.places.geometry import WGS84, parse_line
from rukhsa.places.survey import Feature, Kind, Survey, SurveyVersion
from tests.rooms.catalogue.broken import BAHRAIN
from tests.rooms.catalogue.test_boundaries import with_source

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
WORKS = read_definition(BAHRAIN / "services/road-works-licence.yaml").value
IN_MANAMA = "26.2235, 50.5876\n26.2240, 50.5880"
EXCHANGED = "50.5876, 26.2235\n50.5880, 26.2240"  # a road in Ukraine
IN_QATAR = "25.2850, 51.5310\n25.2860, 51.5310"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("points", "said"), [(IN_MANAMA, None), (EXCHANGED, "are exchanged"), (IN_QATAR, "Correct the drawing")]
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
    nearest = min(WGS84.inv(*point, 51.5310, 25.2850)[2] for point in edge)
    assert beyond.metres == pytest.approx(nearest, rel=0.01)
    settings.RUKHSA_TERRITORY = BAHRAIN  # the same boundary, but assumed: so much nearer
    assumed = beyond_territory(parse_line(IN_QATAR)["geometry"])
    assert assumed is not None
    assert LEEWAY * 0.9 < beyond.metres - assumed.metres < LEEWAY * 1.5


def test_a_territory_without_boundaries_refuses_no_place(settings: Settings) -> None:
    settings.RUKHSA_TERRITORY = BAHRAIN.with_name("spearfish")
    assert beyond_territory(parse_line(EXCHANGED)["geometry"]) is None


@pytest.mark.django_db
@pytest.mark.parametrize(("block", "said"), [(317, None), (318, "This lies 1"), (319, None)])
def test_a_drawing_far_from_the_block_of_its_address_is_refused_with_the_distance(
    settings: Settings, block: int, said: str | None
) -> None:
    settings.RUKHSA_TERRITORY = BAHRAIN
    load(BAHRAIN)
    survey = Survey.objects.create(
        kind=Kind.BLOCK, effective_from=date(2020, 1, 1), source="made up", digest="0" * 64, at=AT
    )
    SurveyVersion.objects.create(survey=survey, kind=Kind.BLOCK, number=1, at=AT)
    grounds = {317: box(50.586, 26.222, 50.589, 26.225), 318: box(50.60, 26.222, 50.603, 26.225)}
    for row, (number, ground) in enumerate(grounds.items()):  # 319 is in no survey
        west, south, east, north = ground.bounds
        Feature.objects.create(
            survey=survey, row=row, number=str(number), geometry=mapping(ground), measure="1",
            west=west, south=south, east=east, north=north,
        )  # fmt: skip
    answers = {"place": {"building": "1", "road": 1705, "block": block}, "route": parse_line(IN_MANAMA)}
    with translation.override("en"):
        found = [str(each.text) for each in conflicts(WORKS, answers, at=AT)]
    assert len(found) == (said is not None)
    assert all(said in text and f"km from block {block}" in text for text in found if said)
