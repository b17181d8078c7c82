"""The boundaries of the authorities, from boundaries.geojson of a territory, if it has one."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from rukhsa.catalogue.problems import CatalogueError, DefinitionProblem
from rukhsa.catalogue.territory import Territory, read_territory, territory_folder
from rukhsa.late import shapely, shapely_operations, shapes
from rukhsa.places.geometry import shared, wgs84
from rukhsa.values.names import Text

METRES_IN_A_DEGREE = 111_000  # of latitude; of longitude fewer, so that a margin is a little narrow there
ASSUMED = "assumed"
BOUNDARIES: Final = "boundaries.geojson"
# Assumed: reclaimed land and piers lie so far beyond a coast that was drawn by hand.
LEEWAY = 5_000  # metres


class BadBoundaries(CatalogueError):
    """A file of boundaries that cannot be read, or has wrong entries."""

    code = "bad-boundaries"


@dataclass(frozen=True, kw_only=True)
class Boundary:
    """The ground of one authority with a margin; an assumed boundary only gives a hint, and refuses no application."""

    authority: str
    source: str
    ground: Any  # a shapely polygon in degrees
    core: Any  # the same without the margin

    @property
    def is_assumed(self) -> bool:
        """Whether no source confirms it."""
        return self.source.startswith(ASSUMED)

    def holds(self, geometry: Mapping[str, Any]) -> bool:
        """Whether a GeoJSON line or area lies inside."""
        return bool(self.ground.covers(shapes.shape(geometry)))


def boundary_left(geometry: Mapping[str, Any], authority: str) -> Boundary | None:
    """The boundary that a drawing crosses; None if it stays inside, or no boundary is known."""
    known = boundary_of(authority)
    return known if known and not known.holds(geometry) else None


def boundary_of(authority: str) -> Boundary | None:
    """The boundary of an authority; None where it is not known."""
    return _boundaries_of(territory_folder()).get(authority)


@dataclass(frozen=True, kw_only=True)
class Beyond:
    """How far outside the territory a drawing lies, and whether it would lie inside with its coordinates exchanged."""

    metres: float
    is_exchanged: bool


def beyond_territory(geometry: Mapping[str, Any]) -> Beyond | None:
    """How far a GeoJSON line or area leaves the territory; None where it stays within, or no boundary is known.

    An assumed boundary may be off by LEEWAY metres.
    """
    ground = _territory_of(territory_folder())
    drawn = shapes.shape(geometry)
    if ground.is_empty or ground.covers(drawn):
        return None
    exchanged = shapely.transform(drawn, lambda points: points[:, ::-1])
    outside = drawn.difference(ground)
    metres = max(_metres_between(shapes.Point(point), ground) for point in shapely.get_coordinates(outside))
    return Beyond(metres=metres, is_exchanged=bool(ground.covers(exchanged)))


def box_of_territory() -> tuple[float, float, float, float] | None:
    """West, south, east and north of the territory in degrees; None where no boundary is known."""
    ground = _territory_of(territory_folder())
    return None if ground.is_empty else ground.bounds


def _metres_between(point: Any, ground: Any) -> float:
    here, there = shapely_operations.nearest_points(point, ground)
    return float(wgs84().inv(here.x, here.y, there.x, there.y)[2])


@cache
def _territory_of(folder: Path) -> Any:
    known = _boundaries_of(folder).values()
    leeway = LEEWAY / METRES_IN_A_DEGREE if any(each.is_assumed for each in known) else 0
    return shapely.union_all([each.ground for each in known]).buffer(leeway)


def middle_of_territory() -> tuple[float, float]:
    """Longitude and latitude of a point within the boundaries, at which an empty map opens."""
    return _middle_of(territory_folder())


@cache
def _middle_of(folder: Path) -> tuple[float, float]:
    middle = shapely.union_all(
        [each.ground for each in _boundaries_of(folder).values()]
    ).representative_point()
    return (0.0, 0.0) if middle.is_empty else (round(middle.x, 6), round(middle.y, 6))


def read_boundaries(folder: Path, territory: Territory) -> dict[str, Boundary]:
    """The boundaries by authority code; none if there is no file. Raises BadBoundaries."""
    file = folder / BOUNDARIES
    if not file.exists():
        return {}
    try:
        features = json.loads(file.read_text(encoding="utf-8"))["features"]
        found = [_boundary(feature) for feature in features]
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        shapely.errors.ShapelyError,
    ) as error:
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


OVERLAP: Final = 100.0  # square metres that two boundaries may share: the width of a drawn line


def overlaps(folder: Path, territory: Territory) -> Iterator[DefinitionProblem]:
    """A problem for each two authorities whose boundaries, without their margins, share ground."""
    for one, other in combinations(read_boundaries(folder, territory).values(), 2):
        square_metres = shared(one.core, other.core)
        if square_metres <= OVERLAP:
            continue
        where = one.core.intersection(other.core).representative_point()
        place = f"{where.y:.4f}, {where.x:.4f}"
        said = f"{square_metres / 1_000_000:,.3f}"
        yield DefinitionProblem(
            code="boundaries-overlap",
            file=BOUNDARIES,
            line=1,
            column=1,
            field=f"{one.authority}, {other.authority}",
            what=Text(
                en=f"both have {said} square kilometres, around {place}.",
                ar=f"تشترك الجهتان في {said} كيلومتر مربع حول {place}.",
            ),
            write_instead=Text(en="Let each point lie in one of them.", ar="اجعل كل نقطة في حدود جهة واحدة."),
        )


def _boundary(feature: Any) -> Boundary:
    told, drawn = feature["properties"], shapes.shape(feature["geometry"])
    if drawn.geom_type not in {"Polygon", "MultiPolygon"} or not drawn.is_valid or drawn.is_empty:
        raise ValueError(f"the boundary of {told['authority']} is no sound area")
    margin = float(told["margin"])
    if not 0 <= margin <= 10_000:
        raise ValueError("a margin has 0 to 10000 metres")
    ground = drawn.buffer(margin / METRES_IN_A_DEGREE)
    return Boundary(authority=str(told["authority"]), source=str(told["source"]), ground=ground, core=drawn)


@cache
def _boundaries_of(folder: Path) -> dict[str, Boundary]:
    return read_boundaries(folder, read_territory(folder))
