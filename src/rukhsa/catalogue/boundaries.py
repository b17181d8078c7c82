"""The boundaries of the authorities, from boundaries.geojson of a territory, if it has one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shapely import unary_union
from shapely.errors import ShapelyError
from shapely.geometry import shape

from rukhsa.catalogue.problems import CatalogueError
from rukhsa.catalogue.territory import Territory, read_territory, territory_folder

METRES_IN_A_DEGREE = 111_000  # of latitude; of longitude fewer, so that a margin is a little narrow there
ASSUMED = "assumed"


class BadBoundaries(CatalogueError):
    """A file of boundaries that cannot be read, or has wrong entries."""

    code = "bad-boundaries"


@dataclass(frozen=True, kw_only=True)
class Boundary:
    """The ground of one authority with a margin; an assumed boundary only gives a hint, and refuses no application."""

    authority: str
    source: str
    ground: Any  # a shapely polygon in degrees

    @property
    def is_assumed(self) -> bool:
        """Whether no source confirms it."""
        return self.source.startswith(ASSUMED)

    def holds(self, geometry: Mapping[str, Any]) -> bool:
        """Whether a GeoJSON line or area lies inside."""
        return bool(self.ground.covers(shape(geometry)))


def boundary_left(geometry: Mapping[str, Any], authority: str) -> Boundary | None:
    """The boundary that a drawing crosses; None if it stays inside, or no boundary is known."""
    known = _boundaries_of(territory_folder()).get(authority)
    return known if known and not known.holds(geometry) else None


def middle_of_territory() -> tuple[float, float]:
    """Longitude and latitude of a point within the boundaries, at which an empty map opens."""
    return _middle_of(territory_folder())


@cache
def _middle_of(folder: Path) -> tuple[float, float]:
    middle = unary_union([each.ground for each in _boundaries_of(folder).values()]).representative_point()
    return (0.0, 0.0) if middle.is_empty else (round(middle.x, 6), round(middle.y, 6))


def read_boundaries(folder: Path, territory: Territory) -> dict[str, Boundary]:
    """The boundaries by authority code; none if there is no file. Raises BadBoundaries."""
    file = folder / "boundaries.geojson"
    if not file.exists():
        return {}
    try:
        features = json.loads(file.read_text(encoding="utf-8"))["features"]
        found = [_boundary(feature) for feature in features]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, ShapelyError) as error:
        raise BadBoundaries(
            f"{file.name}: a FeatureCollection of polygons, each with the properties authority, source and margin "
            f"(metres) in RFC 7946: {error}"
        ) from error
    codes = [each.authority for each in found]
    if unknown := set(codes) - {each.code for each in territory.authorities}:
        raise BadBoundaries(f"{file.name}: there is no authority {sorted(unknown)[0]} in territory.yaml")
    if len(set(codes)) < len(codes):
        raise BadBoundaries(f"{file.name}: an authority has one feature; draw its parts as a MultiPolygon")
    return dict(zip(codes, found, strict=True))


def _boundary(feature: Any) -> Boundary:
    told, drawn = feature["properties"], shape(feature["geometry"])
    if drawn.geom_type not in {"Polygon", "MultiPolygon"} or not drawn.is_valid or drawn.is_empty:
        raise ValueError(f"the boundary of {told['authority']} is no sound area")
    margin = float(told["margin"])
    if not 0 <= margin <= 10_000:
        raise ValueError("a margin has 0 to 10000 metres")
    ground = drawn.buffer(margin / METRES_IN_A_DEGREE)
    return Boundary(authority=str(told["authority"]), source=str(told["source"]), ground=ground)


@cache
def _boundaries_of(folder: Path) -> dict[str, Boundary]:
    return read_boundaries(folder, read_territory(folder))
