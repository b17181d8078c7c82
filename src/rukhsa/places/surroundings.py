"""The exact shapes of what lies in a part of the ground, for drawings that keep to them."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from rukhsa.places.parcel import Box, near, parcels_on
from rukhsa.places.survey import Kind, features_within

__all__ = ["Box", "Shapes", "shapes_within"]

WIDEST: Final = 0.02  # degrees of a view, about two kilometres: further out no one draws
MOST_SHAPES: Final = 1_500


@dataclass(frozen=True, kw_only=True)
class Shapes:
    """The shapes of a view as features of GeoJSON; not whole if there were too many to give them all."""

    features: list[dict[str, Any]]
    is_whole: bool


def shapes_within(view: Box, *, on: date) -> Shapes:
    """The buildings, roads and parcels in a view on a day, at most MOST_SHAPES; none for a view that is too wide.

    Three queries, by their indexes.
    """
    west, south, east, north = view
    if east - west > WIDEST or north - south > WIDEST:
        return Shapes(features=[], is_whole=False)
    surveyed = features_within(view, on=on, kinds=[Kind.BUILDING, Kind.ROAD], most=MOST_SHAPES + 1)
    features = [
        feature(each.kind, each.geometry, number=each.number, road=each.road, block=each.block)
        for each in surveyed
    ]
    parcels = parcels_on(on).filter(pk__in=near([view])).order_by("pk")
    features += [
        feature("parcel", geometry, number=number, block=block)
        for number, block, geometry in parcels.values_list("number", "block", "geometry")[: MOST_SHAPES + 1]
    ]
    return Shapes(features=features[:MOST_SHAPES], is_whole=len(features) <= MOST_SHAPES)


def feature(kind: str, geometry: Any, **told: Any) -> dict[str, Any]:
    """A feature of GeoJSON (RFC 7946 §3.2): what it is, and what is known of it."""
    known = {name: value for name, value in told.items() if value not in (None, "")}
    return {"type": "Feature", "properties": {"kind": kind} | known, "geometry": geometry}
