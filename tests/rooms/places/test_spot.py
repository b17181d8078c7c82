"""A place that is touched fills in the address, and an address that is typed moves the map; the cost does not grow."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rukhsa.authorities.models import Authority
from rukhsa.places.models import Block, Feature, ParcelEntry, ParcelList, Survey, SurveyVersion
from rukhsa.places.spot import metres_from_block, place_of, spot_at
from rukhsa.places.survey import Kind
from tests import applicants
from tests.rooms.places.test_zone import AT, columns

DAY = date(2020, 1, 1)
STEP = 0.001


def entered(kind: Kind, *told: dict[str, Any]) -> None:
    survey = Survey.objects.create(kind=kind, effective_from=DAY, source="x", digest="x", at=AT)
    Feature.objects.bulk_create(
        Feature(survey=survey, row=row, measure=1, **each) for row, each in enumerate(told, 1)
    )
    SurveyVersion.objects.create(survey=survey, kind=kind, number=1, at=AT)


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    authority = Authority.objects.create(code="MUH", ordinal=1)
    Block.objects.create(number=209, authority=authority)
    home = {"block": 209, "road": "918", "number": "12,14"}
    entered(
        Kind.BUILDING,
        home | columns(0, 0, 0.2, 0.2),
        {"block": 209, "road": "918"} | columns(0.5, 0, 0.6, 0.2),
    )
    line = {"type": "LineString", "coordinates": [[50.6, 26.2503], [50.602, 26.2503]]}
    road = columns(0, 0.3, 2, 0.3) | {"geometry": line}
    entered(Kind.ROAD, {"number": "918", "block": 209} | road)
    entered(Kind.ZONE, {"sort": "heritage"} | columns(-1, -1, 1, 1))
    parcels = ParcelList.objects.create(number=1, effective_from=DAY, source="x", digest="x", at=AT)
    ParcelEntry.objects.create(
        list=parcels, number="02-1", block_id=209, **columns(0, 0, 0.3, 0.25), measure=1
    )


def at(east: float, north: float) -> Any:
    with CaptureQueriesContext(connection) as asked:
        found = spot_at(50.6 + east * STEP, 26.25 + north * STEP, on=DAY)
    assert len(asked) <= 3
    return found


def test_a_touched_building_tells_its_address_parcel_and_zones() -> None:
    found = at(0.1, 0.1)
    assert (found.block, found.road, found.buildings, found.parcel) == (209, "918", ("12", "14"), "02-1")
    assert found.zones == {"heritage"}


def test_a_finger_beside_a_building_means_the_building_and_on_the_road_the_road() -> None:
    assert at(0.1, 0.27).buildings == ("12", "14")  # 8 metres away
    on_road = at(1.5, 0.32)
    assert (on_road.block, on_road.road, on_road.buildings) == (209, "918", ())
    nowhere = at(30, 30)
    assert (nowhere.block, nowhere.road, nowhere.buildings, nowhere.parcel) == (None, "", (), "")
    assert nowhere.zones == frozenset()


@pytest.mark.parametrize(
    ("address", "known_to"),
    [
        ((209, "918", "14"), "building"),
        ((209, "918", "99"), "road"),
        ((209, "7", "1"), "block"),
        ((209,), "block"),
    ],
)
def test_an_address_is_found_as_exactly_as_it_is_known(address: tuple[Any, ...], known_to: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        found = place_of(*address, on=DAY)
    assert found is not None
    assert found.known_to == known_to
    west, south, east, north = found.box
    assert west <= found.longitude <= east
    assert south <= found.latitude <= north
    assert len(asked) <= 4


def test_an_address_of_an_unknown_block_is_nowhere() -> None:
    assert place_of(999, "1", "1", on=DAY) is None


def test_the_addresses_of_the_map_answer_people_who_signed_in() -> None:
    browser = applicants.signed_in(applicants.layla())
    told = browser.get("/ground/at?lat=26.2501&lon=50.6001").json()
    assert told.pop("buildings") == ["12", "14"]
    assert told == {
        "block": 209, "road": "918", "building": "12", "parcel": "02-1", "zones": ["heritage"]
    }  # fmt: skip
    found = browser.get("/ground/find?block=٢٠٩&road=918&building=14").json()
    assert found["known_to"] == "building"
    assert browser.get("/ground/find?block=x").json() == browser.get("/ground/find?block=999").json() == {}
    for wrong in ("lat=x&lon=1", "lat=91&lon=1", "lat=nan&lon=1", ""):
        assert browser.get(f"/ground/at?{wrong}").status_code == 400


def test_the_distance_of_a_drawing_from_its_block_is_told() -> None:
    entered(Kind.BLOCK, {"number": "209", "block": 209} | columns(0, 0, 1, 1))
    near = {"type": "LineString", "coordinates": [[50.6005, 26.2505], [50.61, 26.26]]}
    far = {"type": "LineString", "coordinates": [[50.6005, 26.26], [50.61, 26.26]]}
    assert metres_from_block(near, 209, on=DAY) == 0
    assert metres_from_block(far, 209, on=DAY) == pytest.approx(
        997, abs=2
    )  # nine thousandths of a degree northward
    assert metres_from_block(far, 999, on=DAY) is None
