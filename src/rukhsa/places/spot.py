"""A spot on the map: which block, road, building and parcel lie at it, and where an address that was typed lies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import cos, radians
from typing import Any, Final

from rukhsa.late import shapely, shapely_operations, shapes
from rukhsa.places.geometry import wgs84
from rukhsa.places.parcel import METRE, Box, near, parcels_on
from rukhsa.places.survey import (
    Found,
    Kind,
    buildings_at,
    extent_of_block,
    features_within,
    ground_of_block,
    roads_called,
)

# A finger on a phone covers about so much of a street; what is further away was not meant.
BUILDING_WITHIN: Final = 12.0  # metres
ROAD_WITHIN: Final = 25.0  # metres
_MOST: Final = 200


@dataclass(frozen=True, kw_only=True)
class Spot:
    """What lies at a point; what is not known is None or "". Of a building with several numbers, all are told."""

    block: int | None
    road: str
    buildings: tuple[str, ...]
    parcel: str
    zones: frozenset[str]


def spot_at(longitude: float, latitude: float, *, on: date) -> Spot:
    """What lies at a point on a day; three queries, by indexes.

    The building is the one on the point, or the nearest within BUILDING_WITHIN metres; the road is that of the
    building, or the nearest line within ROAD_WITHIN. The block is the one on the point, or that of the building or
    the parcel.
    """
    point = shapes.Point(longitude, latitude)
    reach = ROAD_WITHIN * METRE
    wide = reach / cos(radians(latitude))
    view = longitude - wide, latitude - reach, longitude + wide, latitude + reach
    found = features_within(view, on=on, kinds=Kind, most=_MOST)
    building = nearest(point, (each for each in found if each.kind == Kind.BUILDING), BUILDING_WITHIN)
    road = nearest(point, (each for each in found if each.kind == Kind.ROAD), ROAD_WITHIN)
    block = nearest(point, (each for each in found if each.kind == Kind.BLOCK), 0)
    parcel = parcel_at(point, on)
    blocks = [each.block for each in (block, building) if each]
    blocks += [parcel[1] if parcel else None, road.block if road else None]
    return Spot(
        block=next(filter(None, blocks), None),
        road=(building.road if building else "")
        or (road.number or road.name_en or road.name_ar if road else ""),
        buildings=tuple(filter(None, building.number.split(","))) if building else (),
        parcel=parcel[0] if parcel else "",
        zones=frozenset(each.sort for each in found if each.kind == Kind.ZONE and covers(each, point)),
    )


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an address lies, and how exactly that is known: "building", "road", "block" or its "authority"."""

    longitude: float
    latitude: float
    box: Box
    known_to: str


def place_of(block: int, road: str = "", building: str = "", *, on: date) -> Place | None:
    """Where an address lies on a day, as exactly as it is known; None if nothing is. Four queries at most."""
    if road and building and (found := buildings_at(block, road, building, on=on)):
        return _place(found, "building")
    if road and (lines := [each for each in roads_called(block, road, on=on) if each.block in (block, None)]):
        return _place(lines, "road")
    if ground := ground_of_block(block, on=on):
        return _place(ground, "block")
    extent = extent_of_block(block, on=on)
    return placed(shapes.mapping(shapes.box(*extent)), extent, "block") if extent else None


def metres_from_block(geometry: Mapping[str, Any], block: int, *, on: date) -> float | None:
    """How far a GeoJSON line or area lies from a block on a day: 0 where it touches it.

    None where the ground of the block is not known. One query.
    """
    grounds = [shapes.shape(each.geometry) for each in ground_of_block(block, on=on)]
    if not grounds:
        return None
    here, there = shapely_operations.nearest_points(shapes.shape(geometry), shapely.union_all(grounds))
    return float(wgs84().inv(here.x, here.y, there.x, there.y)[2])


def _place(found: Iterable[Found], known_to: str) -> Place:
    largest = max(
        (shapes.shape(each.geometry) for each in found), key=lambda ground: (ground.area, ground.length)
    )
    return placed(shapes.mapping(largest), largest.bounds, known_to)


def placed(geometry: Any, extent: Box, known_to: str) -> Place:
    """The place of a geometry: a point that lies in it or on it."""
    point = shapes.shape(geometry).representative_point()
    return Place(longitude=round(point.x, 7), latitude=round(point.y, 7), box=extent, known_to=known_to)


def nearest(point: Any, found: Iterable[Found], within: float) -> Found | None:
    """The feature nearest to a point, if it is within so many metres; 0 for one that holds the point."""
    measured = ((metres_between(point, shapes.shape(each.geometry)), each) for each in found)
    close = min(measured, key=lambda pair: pair[0], default=None)
    return close[1] if close and close[0] <= within else None


def metres_between(point: Any, ground: Any) -> float:
    """How far a point lies from a shape in degrees; 0 within it, and right to one in a hundred nearby."""
    there = shapely_operations.nearest_points(point, ground)[1]
    east = (there.x - point.x) * cos(radians(point.y))
    return float((east**2 + (there.y - point.y) ** 2) ** 0.5 / METRE)


def parcel_at(point: Any, on: date) -> tuple[str, int] | None:
    """The number and block of the parcel on a point; two queries."""
    here = parcels_on(on).filter(pk__in=near([point.bounds]))
    for number, block, geometry in here.values_list("number", "block", "geometry"):
        if shapes.shape(geometry).covers(point):
            return number, block
    return None


def covers(found: Found, point: Any) -> bool:
    """Whether a point lies in a feature."""
    return bool(shapes.shape(found.geometry).covers(point))
