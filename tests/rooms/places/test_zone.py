"""In which zones a place lies: by its drawing, its parcel, its building, and else by all of its block."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from shapely.geometry import box, mapping, shape

from rukhsa.authorities.models import Authority
from rukhsa.catalogue.whereabouts import whereabouts_of
from rukhsa.places.block import NoSuchBlock
from rukhsa.places.models import Block, Feature, ParcelEntry, ParcelList, Survey, SurveyVersion
from rukhsa.places.survey import Kind
from rukhsa.places.zone import zones_at

AT, DAY = datetime(2026, 11, 30, 9, tzinfo=UTC), date(2027, 1, 1)
STEP = 0.001


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    """Two zones side by side, a coast across both; a block in all three, a parcel and a building in the first."""
    authority = Authority.objects.create(code="MUH", ordinal=1)
    Block.objects.create(number=209, authority=authority)
    entered(Kind.ZONE, ("heritage", 0, 0, 2, 2), ("aviation", 2, 0, 4, 2), ("coast", 0, 1, 4, 2))
    entered(Kind.BLOCK, ("209", 0, 0, 3, 2))
    entered(Kind.BUILDING, ("12,14", 0.5, 0.5, 0.6, 0.6))
    parcels = ParcelList.objects.create(number=1, effective_from=DAY, source="x", digest="x", at=AT)
    ParcelEntry.objects.create(list=parcels, number="1-1", block_id=209, **columns(1, 0, 1.5, 0.5), measure=1)


def geometry(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    edges = (50.6 + west * STEP, 26.25 + south * STEP, 50.6 + east * STEP, 26.25 + north * STEP)
    return dict(mapping(box(*edges)))


def columns(*edges: float) -> dict[str, Any]:
    drawn = geometry(*edges)
    names = ("west", "south", "east", "north")
    return {"geometry": drawn} | dict(zip(names, shape(drawn).bounds, strict=True))


def entered(kind: Kind, *told: Sequence[Any], since: date = DAY) -> None:
    number = SurveyVersion.objects.filter(kind=kind).count() + 1
    survey = Survey.objects.create(kind=kind, effective_from=since, source="x", digest=str(number), at=AT)
    for row, (name, *edges) in enumerate(told, 1):
        named = {"sort": name} if kind is Kind.ZONE else {"number": name, "block": 209, "road": "918"}
        Feature.objects.create(survey=survey, row=row, **named, **columns(*edges), measure=1)
    SurveyVersion.objects.create(survey=survey, kind=kind, number=number, at=AT)


HOME = {"block": 209, "road": 918, "building": "14"}


@pytest.mark.parametrize(
    ("place", "zones"),
    [
        ({"geometry": geometry(0.1, 0.1, 0.2, 0.2), "measure": "1"}, {"heritage"}),
        (geometry(1.5, 0.1, 2.5, 0.2), {"heritage", "aviation"}),
        # It touches the zone beside it with an edge alone.
        (geometry(1.5, 0.1, 2, 0.2), {"heritage"}),
        (geometry(9, 9, 10, 10), set()),
        (
            {"type": "LineString", "coordinates": [[50.6035, 26.2505], [50.6035, 26.2515]]},
            {"aviation", "coast"},
        ),
        ({"number": "1-1", "measure": "1", "block": 209}, {"heritage"}),
        ({"number": "9-9"}, set()),
        (HOME, {"heritage"}),
        # No such building is known: all that its block touches.
        (HOME | {"building": "99"}, {"heritage", "aviation", "coast"}),
        (HOME | {"block": 210}, set()),
    ],
)
def test_a_place_lies_in_its_zones(place: dict[str, Any], zones: set[str]) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert zones_at(place, DAY) == zones
    assert len(asked) <= 3


def test_a_newer_survey_of_zones_counts_from_its_day() -> None:
    later = date(2027, 6, 1)
    entered(Kind.ZONE, ("archaeology", 0, 0, 1, 1), since=later)
    assert zones_at(HOME, DAY) == {"heritage"}
    assert zones_at(HOME, later) == {"archaeology"}
    assert zones_at(HOME, date(2026, 1, 1)) == set()


def test_a_block_tells_its_authority_governorate_and_zones_at_once() -> None:
    with CaptureQueriesContext(connection) as asked:
        found = whereabouts_of(209, on=DAY)
    assert (found.authority, found.governorate) == ("MUH", "muharraq")
    assert found.zones == {"heritage", "aviation", "coast"}
    assert len(asked) == 3
    with pytest.raises(NoSuchBlock):
        whereabouts_of(210, on=DAY)
