"""Zones: parts of the ground in which rules of their own hold, and in which of them a place lies on a day."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from rukhsa.late import shapes
from rukhsa.places.geometry import SHARED, shared
from rukhsa.places.parcel import NoSuchParcel, parcel_on
from rukhsa.places.survey import Kind, buildings_at, features_within, ground_of_block

MOST: Final = 1_000  # zones that are looked at for one place
_AREAS: Final = frozenset({"Polygon", "MultiPolygon"})


def zones_at(place: Mapping[str, Any], on: date) -> frozenset[str]:
    """The kinds of zones, by their ids in territory.yaml, in which a place lies on a day; three queries at most.

    The place is an address, a parcel or a drawing as an answer holds it, or a GeoJSON geometry. An area lies in a zone
    if they share more than a square metre, a line if any of it does. An address lies where its building does; where
    that is not known, in every zone that its block touches. None for a place whose ground is not known.
    """
    return frozenset(zone for ground in grounds_of(place, on) for zone in zones_of_ground(ground, on))


def grounds_of(place: Mapping[str, Any], on: date) -> list[dict[str, Any]]:
    """The geometries of a place as an answer holds it; none where its ground is not known."""
    if "coordinates" in place:
        return [dict(place)]
    if "geometry" in place:
        return [place["geometry"]]
    if "road" in place:
        found = buildings_at(place["block"], str(place["road"]), str(place["building"]), on=on)
        return [each.geometry for each in found or ground_of_block(place["block"], on=on)]
    if "number" in place:
        try:
            ground = parcel_on(place["number"], on=on).geometry
        except NoSuchParcel:
            return []
        return [ground] if ground else []
    return [each.geometry for each in ground_of_block(place["block"], on=on)] if "block" in place else []


def zones_of_ground(geometry: Mapping[str, Any], on: date) -> frozenset[str]:
    """The kinds of zones in which a GeoJSON geometry lies on a day; one query."""
    ground = shapes.shape(geometry)
    near = features_within(ground.bounds, on=on, kinds=[Kind.ZONE], most=MOST)
    is_area = geometry["type"] in _AREAS
    return frozenset(each.sort for each in near if lies_in(ground, shapes.shape(each.geometry), is_area))


def lies_in(ground: Any, zone: Any, is_area: bool) -> bool:
    """Whether a place lies in a zone, and does not only touch it."""
    return shared(ground, zone) > SHARED if is_area else bool(ground.intersects(zone))
