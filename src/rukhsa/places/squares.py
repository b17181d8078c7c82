"""The ground cut into squares of about ten metres, each with a number: which of them a line or an area touches."""

from collections.abc import Iterator
from itertools import pairwise
from math import ceil, floor
from typing import Any

from shapely.geometry import Polygon, box

from rukhsa.places.geometry import GeometryError, Point

MOST_SQUARES = 20_000
IN_A_DEGREE = 10_000


def squares(geometry: dict[str, Any]) -> frozenset[int]:
    """The numbers of all squares that a GeoJSON line or polygon touches. Raise `GeometryError` for too many."""
    if geometry["type"] == "LineString":
        found = frozenset(_along(geometry["coordinates"]))
    else:
        found = frozenset(_within(Polygon(geometry["coordinates"][0])))
    if len(found) > MOST_SQUARES:
        raise GeometryError("drawing-too-large")
    return found


def _along(points: list[Point]) -> Iterator[int]:
    for (x1, y1), (x2, y2) in pairwise(points):
        steps = ceil(max(abs(x2 - x1), abs(y2 - y1)) * IN_A_DEGREE * 4) or 1
        if steps > MOST_SQUARES * 4:
            raise GeometryError("drawing-too-large")
        for step in range(steps + 1):
            yield from _around(x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps)


def _within(shape: Polygon) -> Iterator[int]:
    west, south, east, north = (floor(edge * IN_A_DEGREE) for edge in shape.bounds)
    if (east - west + 1) * (north - south + 1) > MOST_SQUARES * 10:
        raise GeometryError("drawing-too-large")
    for column in range(west, east + 1):
        for row in range(south, north + 1):
            edges = (edge / IN_A_DEGREE for edge in (column, row, column + 1, row + 1))
            if shape.intersects(box(*edges)):
                yield _number(column, row)


def _around(longitude: float, latitude: float) -> Iterator[int]:
    # Works have a width: a quarter of a square to each side, so that two lines that cross share one even where
    # they cross at the corner of four.
    for column in {floor(longitude * IN_A_DEGREE + side) for side in (-0.25, 0.25)}:
        for row in {floor(latitude * IN_A_DEGREE + side) for side in (-0.25, 0.25)}:
            yield _number(column, row)


def _number(column: int, row: int) -> int:
    return (row + 90 * IN_A_DEGREE) * 10_000_000 + column + 180 * IN_A_DEGREE
