"""Lines and areas on the ground: read from what was drawn or typed, measured on the ellipsoid, and cut into squares."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise
from math import ceil, cos, floor, radians
from typing import Any

from rukhsa.errors import RukhsaError
from rukhsa.late import np, pyproj, shapely, shapes
from rukhsa.values.writing import latin_digits

Point = tuple[float, float]  # longitude, latitude in degrees, as in GeoJSON (RFC 7946 §3.1.1)

MOST_POINTS = 500  # of a drawing
MOST_CORNERS = 5_000  # of a survey
_LONGEST_TEXT = 64 << 10  # letters: 500 points in 30 decimals
_LONGEST_LINE = 100  # letters of one point
_DEGREES = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]+)?")
_BETWEEN = str.maketrans(",،;", "   ")
# 7 decimals of a degree are a centimetre: finer is noise.
_DECIMALS = 7


class GeometryError(RukhsaError, ValueError):
    """What was drawn is not a line or an area on the ground."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse_line(text: str) -> dict[str, Any]:
    """A line of 2 to 500 points as {geometry: GeoJSON, measure: metres as text}. Raises GeometryError."""
    points = _points(text, least=2)
    length = wgs84().geometry_length(shapes.LineString(points))
    if length <= 0:
        raise GeometryError("line-too-short")
    return {"geometry": {"type": "LineString", "coordinates": points}, "measure": _measure(length)}


def parse_area(text: str) -> dict[str, Any]:
    """An area of 3 to 500 corners as {geometry: GeoJSON, measure: square metres as text}. Raises GeometryError."""
    points = _points(text, least=3)
    ring = points if points[0] == points[-1] else [*points, points[0]]
    if len(ring) < 4:
        raise GeometryError("area-too-few-corners")
    polygon = shapes.Polygon(ring)
    if not polygon.is_valid:
        raise GeometryError(
            "area-crosses-itself" if "Self" in shapely.is_valid_reason(polygon) else "area-invalid"
        )
    size = abs(wgs84().geometry_area_perimeter(polygon)[0])
    return {"geometry": {"type": "Polygon", "coordinates": [ring]}, "measure": _measure(size)}


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What was surveyed: an area of one polygon or several, with holes or without; or a line of one part or several."""

    geometry: dict[str, Any]  # GeoJSON
    measure: Decimal  # on the ellipsoid: square metres of an area, metres of a line
    outline: Any  # of shapely, in degrees
    is_mended: bool = False  # whether an outline that crossed itself or repeated points was set right


def surveyed(given: Mapping[str, Any] | str, *, lines: bool = False) -> Ground:
    """The ground of a GeoJSON geometry, or of its text as WKT; longitude first. Raises GeometryError.

    Repeated points are left out. An outline that crosses itself is set right, and of what comes out areas are kept;
    it is refused where none are left. Of lines, lines are asked for.
    """
    drawn = _drawn(
        given, (shapes.LineString, shapes.MultiLineString) if lines else (shapes.Polygon, shapes.MultiPolygon)
    )
    if drawn.is_empty or shapely.get_num_coordinates(drawn) > MOST_CORNERS:
        raise GeometryError("too-few-or-too-many-points")
    west, south, east, north = drawn.bounds
    # Written so that NaN, which compares false with every number, is refused.
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise GeometryError("point-not-on-earth")
    rounded = shapely.transform(shapely.force_2d(drawn), lambda points: points.round(_DECIMALS))
    simple = shapely.remove_repeated_points(rounded)
    whole = simple if simple.is_valid else _set_right(simple)
    is_mended = whole is not simple or shapely.get_num_coordinates(simple) < shapely.get_num_coordinates(
        rounded
    )
    if lines:
        measure = wgs84().geometry_length(whole)
    else:
        whole = shapely.orient_polygons(whole)  # else a hole might be added instead of taken away
        measure = abs(wgs84().geometry_area_perimeter(whole)[0])
    told = Decimal(_measure(measure))
    if told <= 0:
        raise GeometryError("line-too-short" if lines else "area-invalid")
    geometry = json.loads(json.dumps(shapes.mapping(whole)))
    return Ground(geometry=geometry, measure=told, outline=whole, is_mended=is_mended)


def _set_right(crossed: Any) -> Any:
    """The areas of an outline that crosses itself, on the same grid of points. Raises GeometryError for none."""
    made = shapely.set_precision(shapely.make_valid(crossed), 10**-_DECIMALS)
    areas = [part for part in shapely.get_parts(made, return_index=False) if isinstance(part, shapes.Polygon)]
    areas += [
        inner
        for part in shapely.get_parts(made)
        if isinstance(part, shapes.MultiPolygon)
        for inner in part.geoms
    ]
    if not areas:
        raise GeometryError("area-invalid")
    return areas[0] if len(areas) == 1 else shapes.MultiPolygon(areas)


def _drawn(given: Mapping[str, Any] | str, kinds: tuple[type, ...]) -> Any:
    try:
        drawn = shapely.from_wkt(given) if isinstance(given, str) else shapes.shape(given)
        # Shapely reads the coordinates only when asked for them: a broken one must be refused here.
        drawn.bounds  # noqa: B018
    except (
        shapely.errors.ShapelyError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        RecursionError,
    ) as error:
        raise GeometryError("drawing-unreadable") from error
    if not isinstance(drawn, kinds):
        raise GeometryError("not-an-area" if shapes.Polygon in kinds else "not-a-line")
    return drawn


SHARED = 1.0  # square metres in which neighbours may overlap untold: they were surveyed separately
_METRES_IN_A_DEGREE = 111_320.0


def shared(one: Any, other: Any) -> float:
    """The square metres that two areas in degrees have in common, right to one in a hundred."""
    common = one.intersection(other)
    return (
        0.0 if common.is_empty else float(common.area * _METRES_IN_A_DEGREE**2 * cos(radians(one.bounds[1])))
    )


def bounds(geometry: dict[str, Any]) -> tuple[float, float, float, float]:
    """The box around a GeoJSON geometry: west, south, east, north in degrees."""
    coordinates = geometry["coordinates"]
    points = coordinates[0] if geometry["type"] == "Polygon" else coordinates
    longitudes, latitudes = [point[0] for point in points], [point[1] for point in points]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def exchanged(text: str) -> str:
    """What was drawn or typed, with latitude and longitude of each point exchanged, one point on each line.

    Raises GeometryError.
    """
    return "\n".join(f"{longitude}, {latitude}" for longitude, latitude in _points(text, least=1))


def _points(text: str, *, least: int) -> list[Point]:
    if len(text) > _LONGEST_TEXT:
        raise GeometryError("drawing-unreadable")
    text = latin_digits(text).strip()
    points = _from_json(text) if text.startswith(("[", "{")) else _from_lines(text)
    if not least <= len(points) <= MOST_POINTS:
        raise GeometryError("too-few-or-too-many-points")
    if not all(-180 <= longitude <= 180 and -90 <= latitude <= 90 for longitude, latitude in points):
        raise GeometryError("point-not-on-earth")
    return [(round(longitude, _DECIMALS), round(latitude, _DECIMALS)) for longitude, latitude in points]


def _from_lines(text: str) -> list[Point]:
    """People write latitude first."""
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    if len(lines) > MOST_POINTS:
        raise GeometryError("too-few-or-too-many-points")
    return [_from_line(line) for line in lines]


def _from_line(line: str) -> Point:
    # Words first: a pattern with three runs of spaces would try every way to divide ten thousand of them.
    words = line.translate(_BETWEEN).split(maxsplit=2)
    if len(line) > _LONGEST_LINE or len(words) != 2 or not all(map(_DEGREES.fullmatch, words)):
        raise GeometryError("point-unreadable")
    return float(words[1]), float(words[0])


def _from_json(text: str) -> list[Point]:
    """GeoJSON as the map writes it: a geometry, or its coordinates; longitude first."""
    try:
        value = json.loads(text)
        coordinates = value["coordinates"] if isinstance(value, dict) else value
        if isinstance(value, dict) and value.get("type") == "Polygon":
            coordinates = coordinates[0]
        if len(coordinates) > MOST_POINTS:
            raise GeometryError("too-few-or-too-many-points")
        return [(_number(longitude), _number(latitude)) for longitude, latitude, *_ in coordinates]
    except GeometryError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, OverflowError) as error:
        raise GeometryError("drawing-unreadable") from error


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError("yes and no are no numbers")
    return float(value)


def _measure(number: float) -> str:
    return str(Decimal(str(round(number, 1))))


# The ground is cut into squares of about ten metres, each with a number.
MOST_SQUARES = 20_000
IN_A_DEGREE = 10_000


def squares(geometry: dict[str, Any]) -> frozenset[int]:
    """The numbers of all squares that a GeoJSON line or polygon touches. Raises GeometryError for too many.

    What it costs is bounded before anything is cut, by the length of the line or of the outline.
    """
    is_line = geometry["type"] == "LineString"
    drawn = geometry["coordinates"] if is_line else geometry["coordinates"][0]
    if sum(map(_steps, pairwise(drawn))) > MOST_SQUARES * 4:
        raise GeometryError("drawing-too-large")
    found = _squares_along(drawn) if is_line else _squares_within(shapes.Polygon(drawn))
    if len(found) > MOST_SQUARES:
        raise GeometryError("drawing-too-large")
    return frozenset(map(int, found))


def _steps(pair: tuple[Point, Point]) -> int:
    (x1, y1), (x2, y2) = pair
    return ceil(max(abs(x2 - x1), abs(y2 - y1)) * IN_A_DEGREE * 4) or 1


def _squares_along(points: list[Point]) -> Any:
    found = []
    for (x1, y1), (x2, y2) in pairwise(points):
        steps = _steps(((x1, y1), (x2, y2)))
        at = np.arange(steps + 1)
        found.append(_squares_around(x1 + (x2 - x1) * at / steps, y1 + (y2 - y1) * at / steps))
    return np.unique(np.concatenate(found))


def _squares_around(longitudes: Any, latitudes: Any) -> Any:
    # Works have a width: a quarter of a square to each side, so that two lines that cross share one even where
    # they cross at the corner of four.
    sides = (-0.25, 0.25)
    columns = [np.floor(longitudes * IN_A_DEGREE + side).astype(np.int64) for side in sides]
    rows = [np.floor(latitudes * IN_A_DEGREE + side).astype(np.int64) for side in sides]
    return np.concatenate([_square(column, row) for column in columns for row in rows])


def _squares_within(ground: Any) -> Any:
    """From large tiles to single squares: what does not touch the area is not cut further."""
    west, south, east, north = (floor(edge * IN_A_DEGREE) for edge in ground.bounds)
    if (east - west + 1) * (north - south + 1) > MOST_SQUARES * 10:
        raise GeometryError("drawing-too-large")
    shapely.prepare(ground)
    size = 1 << max(east - west, north - south).bit_length()
    columns, rows = np.array([west]), np.array([south])
    while True:
        edges = (edge / IN_A_DEGREE for edge in (columns, rows, columns + size, rows + size))
        touched = shapely.intersects(ground, shapely.box(*edges)) & (columns <= east) & (rows <= north)
        columns, rows = columns[touched], rows[touched]
        if len(columns) > MOST_SQUARES:  # each holds a square that is touched
            raise GeometryError("drawing-too-large")
        if size == 1:
            return _square(columns, rows)
        size //= 2
        columns = np.concatenate([columns, columns + size, columns, columns + size])
        rows = np.concatenate([rows, rows, rows + size, rows + size])


def _square(column: Any, row: Any) -> Any:
    return (row + 90 * IN_A_DEGREE) * 10_000_000 + column + 180 * IN_A_DEGREE


@cache
def wgs84() -> Any:
    """The ellipsoid on which lengths and areas are measured."""
    return pyproj.Geod(ellps="WGS84")
