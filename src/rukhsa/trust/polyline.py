"""A line or an area on the ground as a short text in the seal, and how far a position is from it.

Written and read as docs/formats/extent.md says: Google's encoded polyline, with 4 decimals. Distances are in metres on
a plane around the position: right to one part in a thousand within 100 km.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import cos, hypot, radians

Point = tuple[float, float]
"""Longitude and latitude in degrees, as in GeoJSON (RFC 7946 §3.1.1)."""

LONGEST, USUAL = 44, 16
"""Letters of a text: about ten points, more would make the code too dense; and a route of three points."""
_COARSEST = 8.0  # metres that a simplified drawing may be away from what was drawn
_UNITS = 10_000  # in a degree: the squares of decision 0005, 11 m of latitude


def write(points: Sequence[Point], *, is_area: bool) -> str | None:
    """The points as the seal holds them, with as many of them as fit; None where too few would fit to be true.

    The first point of an area is its last one too, as in GeoJSON; the seal holds it once.
    """
    tolerance = 1.0
    while tolerance <= _COARSEST:
        kept = _simplified(points, tolerance)
        text = _written(kept[:-1] if is_area else kept)
        if len(text) <= LONGEST and len(kept) > (3 if is_area else 1):
            return text
        tolerance *= 2
    return None


def read(text: str) -> list[Point] | None:
    """The points of a text of the seal; None for a text of another form, and for a single point."""
    steps = _numbers(text)
    if steps is None or len(steps) % 2 or len(steps) < 4:
        return None
    north, east = accumulate(steps[::2]), accumulate(steps[1::2])
    return [(x / _UNITS, y / _UNITS) for y, x in zip(north, east, strict=True)]


def shown(text: str) -> str:
    """The first point and how many follow: 26.2283, 50.5869 +3. Another text is shown as it is."""
    points = read(text)
    if not points:
        return text
    (longitude, latitude), *others = points
    return f"{latitude:.4f}, {longitude:.4f} +{len(others)}"


def distance(points: Sequence[Point], position: Point, *, is_area: bool) -> float:
    """Metres from a position to a line, or to the edge of an area; within the area they are negative."""
    flat = _flat(points, position)
    edges = list(pairwise([*flat, flat[0]] if is_area else flat))
    away = min(_to_edge(*start, *end) for start, end in edges)
    return -away if is_area and _is_around(edges) else away


def _written(points: Sequence[Point]) -> str:
    units = [(round(north * _UNITS), round(east * _UNITS)) for east, north in points]
    steps = [units[0], *((later[0] - old[0], later[1] - old[1]) for old, later in pairwise(units))]
    return "".join(_letters(number) for step in steps for number in step)


def _letters(number: int) -> str:
    """Five bits a letter from "?" on, the lowest first; the sign is the lowest bit of all."""
    left, letters = number << 1 ^ number >> 31, ""
    while left >= 0x20:
        letters += chr((left & 0x1F | 0x20) + 63)
        left >>= 5
    return letters + chr(left + 63)


def _numbers(text: str) -> list[int] | None:
    numbers, value, shift = [], 0, 0
    for letter in text:
        bits = ord(letter) - 63
        if not 0 <= bits < 0x40 or shift > 30:
            return None
        value |= (bits & 0x1F) << shift
        shift += 5
        if bits < 0x20:
            numbers.append(value >> 1 ^ -(value & 1))
            value = shift = 0
    return None if shift else numbers


def _simplified(points: Sequence[Point], tolerance: float) -> list[Point]:
    """Ramer, Douglas and Peucker: without the points that are nearer than the tolerance to the line between others."""
    if len(points) < 3:
        return list(points)
    # The furthest point divides a ring, whose ends are one place, as it divides a line.
    flat = [_flat((points[0], points[-1]), each) for each in points[1:-1]]
    away = [_to_edge(*start, *end) for start, end in flat]
    furthest = max(range(len(away)), key=away.__getitem__)
    if away[furthest] <= tolerance:
        return [points[0], points[-1]]
    middle = furthest + 1
    return [
        *_simplified(points[: middle + 1], tolerance)[:-1],
        *_simplified(points[middle:], tolerance),
    ]


def _flat(points: Sequence[Point], centre: Point) -> list[Point]:
    """Points in metres east and north of a centre; the lengths of a degree of WGS 84 by its latitude."""
    latitude = radians(centre[1])
    north = 111_132.954 - 559.822 * cos(2 * latitude) + 1.175 * cos(4 * latitude)
    east = 111_412.84 * cos(latitude) - 93.5 * cos(3 * latitude) + 0.118 * cos(5 * latitude)
    return [((point[0] - centre[0]) * east, (point[1] - centre[1]) * north) for point in points]


def _to_edge(x1: float, y1: float, x2: float, y2: float) -> float:
    """From the origin to the straight line between two points."""
    east, north = x2 - x1, y2 - y1
    square = east * east + north * north
    along = max(0.0, min(1.0, -(x1 * east + y1 * north) / square)) if square else 0.0
    return hypot(x1 + along * east, y1 + along * north)


def _is_around(edges: Sequence[tuple[Point, Point]]) -> bool:
    """Whether the origin lies within: it crosses the edges to its east an odd number of times."""
    crossed = [(y1 > 0) != (y2 > 0) and (x2 - x1) * -y1 / (y2 - y1) + x1 > 0 for (x1, y1), (x2, y2) in edges]
    return sum(crossed) % 2 == 1
