"""Vector tiles: shapes of the earth cut to a tile and written as Mapbox Vector Tile 2.1 (protocol buffers)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import pi
from typing import Any, Final

from rukhsa.late import np, shapely, shapes

EXTENT: Final = 4096  # units of a tile
MARGIN: Final = 64  # units around it that are drawn too, so that outlines do not show at its edge
MOVE, LINE, CLOSE = 1, 2, 7  # §4.3.1
POINT, LINE_STRING, POLYGON = 1, 2, 3  # §4.3.4

type Properties = Mapping[str, str | int]


def mercator(degrees: Any) -> Any:
    """Shapes in degrees as shapes of the square of Web Mercator, from 0 to 1, the north above."""

    def place(points: Any) -> Any:
        placed = np.empty_like(points)
        placed[:, 0] = points[:, 0] / 360 + 0.5
        sine = np.sin(np.radians(points[:, 1]))
        placed[:, 1] = 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * pi)
        return placed

    return shapely.transform(degrees, place)


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A tile by its zoom, column and row."""

    zoom: int
    column: int
    row: int

    @property
    def box(self) -> tuple[float, float, float, float]:
        """What is drawn of it in Mercator: least x and y, most x and y."""
        side, margin = 1 / (1 << self.zoom), MARGIN / EXTENT
        return (
            (self.column - margin) * side,
            (self.row - margin) * side,
            (self.column + 1 + margin) * side,
            (self.row + 1 + margin) * side,
        )

    def cut(self, shapes: Any) -> Any:
        """An array of shapes in Mercator, cut and placed in whole units of the tile, without what is finer than one."""
        cut = shapely.clip_by_rect(shapes, *self.box)
        scale = EXTENT * (1 << self.zoom)
        corner = np.array([self.column * EXTENT, self.row * EXTENT], dtype=float)
        return shapely.simplify(shapely.transform(cut, lambda points: np.round(points * scale - corner)), 0.5)


def encode(layers: Mapping[str, Iterable[tuple[Any, Properties]]]) -> bytes:
    """A tile of layers, each of shapes in whole units with their properties; empty where nothing is left to draw."""
    return b"".join(_field(3, made) for name, shapes in layers.items() if (made := layer_of(name, shapes)))


def layer_of(name: str, shapes: Iterable[tuple[Any, Properties]]) -> bytes:
    """A layer (§4.1); empty where nothing is left to draw."""
    keys: dict[str, int] = {}
    values: dict[str | int, int] = {}
    features = []
    for shape, told in shapes:
        kind, geometry = commands_of(shape)
        if not geometry:
            continue
        tags = [
            number
            for key, value in told.items()
            for number in (keys.setdefault(key, len(keys)), values.setdefault(value, len(values)))
        ]
        feature = _field(2, _packed(tags)) + _number(3, kind) + _field(4, _packed(geometry))
        features.append(_field(2, feature))
    if not features:
        return b""
    named = b"".join(_field(3, key.encode()) for key in keys)
    return b"".join(
        (
            _number(15, 2),
            _field(1, name.encode()),
            *features,
            named,
            *map(value_of, values),
            _number(5, EXTENT),
        )
    )


def commands_of(shape: Any) -> tuple[int, list[int]]:
    """The kind of a shape, and its commands by §4.3; none for what has shrunk to nothing."""
    parts = shapely.get_parts(shape)
    polygons = [each for each in parts if isinstance(each, shapes.Polygon)]
    lines = [each for each in parts if isinstance(each, shapes.LineString)]
    points = [each for each in parts if isinstance(each, shapes.Point) and not each.is_empty]
    pen = _Pen()
    if polygons:
        return POLYGON, [number for polygon in polygons for number in pen.polygon(polygon)]
    if lines:
        return LINE_STRING, [number for line in lines for number in pen.line(_steps(line), closes=False)]
    return POINT, [
        number for point in points[:1] for number in pen.line(_steps(point), closes=False, least=1)
    ]


class _Pen:
    """Where the pen is; every command says how it moves from there."""

    def __init__(self) -> None:
        self.x = self.y = 0

    def polygon(self, polygon: Any) -> Iterator[int]:
        """Its outline clockwise as it is seen, then its holes the other way (§4.3.4.4)."""
        for ring, is_outer in ((polygon.exterior, True), *((hole, False) for hole in polygon.interiors)):
            corners = _steps(ring)[:-1]
            area = sum(
                x1 * y2 - x2 * y1
                for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True)
            )
            if area == 0 and is_outer:
                return
            yield from self.line(corners if (area > 0) is is_outer else corners[::-1], closes=True, least=3)

    def line(self, corners: Sequence[tuple[int, int]], *, closes: bool, least: int = 2) -> Iterator[int]:
        """Moves to the first corner and draws to the others."""
        if len(corners) < least:
            return
        yield MOVE | 1 << 3
        yield from self.move(corners[0])
        if len(corners) > 1:
            yield LINE | (len(corners) - 1) << 3
            for corner in corners[1:]:
                yield from self.move(corner)
        if closes:
            yield CLOSE | 1 << 3

    def move(self, corner: tuple[int, int]) -> tuple[int, int]:
        """The two numbers of a step, so written that small steps either way are small numbers."""
        x, y = corner[0] - self.x, corner[1] - self.y
        self.x, self.y = corner
        return (x << 1) ^ (x >> 31), (y << 1) ^ (y >> 31)


def _steps(line: Any) -> list[tuple[int, int]]:
    """The corners in whole units, without those that repeat the one before."""
    corners: list[tuple[int, int]] = []
    for x, y in line.coords:
        corner = int(x), int(y)
        if not corners or corners[-1] != corner:
            corners.append(corner)
    return corners


def value_of(value: str | int) -> bytes:
    """A value of a property (§4.1)."""
    return _field(4, _field(1, value.encode()) if isinstance(value, str) else _number(5, value))


def _packed(numbers: Iterable[int]) -> bytes:
    return b"".join(map(_varint, numbers))


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(number: int) -> bytes:
    if number < 0x80:
        return bytes((number,))
    made = bytearray()
    while number >= 0x80:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    made.append(number)
    return bytes(made)
