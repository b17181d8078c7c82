"""How far a drawing lies from a block, by the survey of blocks that counts on a day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shapely import unary_union
from shapely.geometry import shape
from shapely.ops import nearest_points

from rukhsa.places.geometry import WGS84
from rukhsa.places.survey import Feature, Kind, in_force


def metres_from_block(geometry: Mapping[str, Any], block: int, *, on: date) -> float | None:
    """Metres between a GeoJSON line or area and a block, 0 where they touch; None where no survey has the block."""
    surveys = in_force(on, Kind.BLOCK).values("pk")
    rows = Feature.objects.filter(survey__in=surveys, number=str(block)).values_list("geometry", flat=True)
    grounds = [shape(each) for each in rows]
    if not grounds:
        return None
    here, there = nearest_points(shape(geometry), unary_union(grounds))
    return float(WGS84.inv(here.x, here.y, there.x, there.y)[2])
