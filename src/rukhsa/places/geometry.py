"""Lines and areas on the ground: read from what was drawn or typed, and measured on the ellipsoid."""

import json
import re
from decimal import Decimal
from typing import Any

from pyproj import Geod
from shapely.geometry import LineString, Polygon
from shapely.validation import explain_validity

from rukhsa.values.writing import latin_digits

Point = tuple[float, float]  # longitude, latitude in degrees, as in GeoJSON (RFC 7946 §3.1.1)

WGS84 = Geod(ellps="WGS84")
MOST_POINTS = 500
# 7 decimals of a degree are a centimetre: finer is noise.
_DECIMALS = 7


class GeometryError(ValueError):
    """What was drawn is not a line or an area on the ground."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse_line(text: str) -> dict[str, Any]:
    """A line of 2 to 500 points as {geometry: GeoJSON, measure: metres as text}. Raise `GeometryError`."""
    points = _points(text, least=2)
    length = WGS84.geometry_length(LineString(points))
    if length <= 0:
        raise GeometryError("line-too-short")
    return {"geometry": {"type": "LineString", "coordinates": points}, "measure": _measure(length)}


def parse_area(text: str) -> dict[str, Any]:
    """An area of 3 to 500 corners as {geometry: GeoJSON, measure: square metres as text}. Raise `GeometryError`."""
    points = _points(text, least=3)
    ring = points if points[0] == points[-1] else [*points, points[0]]
    if len(ring) < 4:
        raise GeometryError("area-too-few-corners")
    polygon = Polygon(ring)
    if not polygon.is_valid:
        raise GeometryError("area-crosses-itself" if "Self" in explain_validity(polygon) else "area-invalid")
    size = abs(WGS84.geometry_area_perimeter(polygon)[0])
    return {"geometry": {"type": "Polygon", "coordinates": [ring]}, "measure": _measure(size)}


def bounds(geometry: dict[str, Any]) -> tuple[float, float, float, float]:
    """The box around a GeoJSON geometry: west, south, east, north in degrees."""
    coordinates = geometry["coordinates"]
    points = coordinates[0] if geometry["type"] == "Polygon" else coordinates
    longitudes, latitudes = [point[0] for point in points], [point[1] for point in points]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _points(text: str, *, least: int) -> list[Point]:
    text = latin_digits(text).strip()
    points = _from_json(text) if text.startswith(("[", "{")) else _from_lines(text)
    if not least <= len(points) <= MOST_POINTS:
        raise GeometryError("too-few-or-too-many-points")
    if not all(-180 <= longitude <= 180 and -90 <= latitude <= 90 for longitude, latitude in points):
        raise GeometryError("point-not-on-earth")
    return [(round(longitude, _DECIMALS), round(latitude, _DECIMALS)) for longitude, latitude in points]


def _from_lines(text: str) -> list[Point]:
    """People write latitude first."""
    points = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        found = re.fullmatch(r"(-?[0-9]{1,3}(?:\.[0-9]+)?)\s*[,،;\s]\s*(-?[0-9]{1,3}(?:\.[0-9]+)?)", line)
        if not found:
            raise GeometryError("point-unreadable")
        points.append((float(found[2]), float(found[1])))
    return points


def _from_json(text: str) -> list[Point]:
    """GeoJSON as the map writes it: a geometry, or its coordinates; longitude first."""
    try:
        value = json.loads(text)
        coordinates = value["coordinates"] if isinstance(value, dict) else value
        if isinstance(value, dict) and value.get("type") == "Polygon":
            coordinates = coordinates[0]
        return [(float(longitude), float(latitude)) for longitude, latitude, *_ in coordinates]
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise GeometryError("drawing-unreadable") from error


def _measure(number: float) -> str:
    return str(Decimal(str(round(number, 1))))
