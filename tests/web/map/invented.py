"""An invented town of a few streets and plots: its ground as a PMTiles file, its parcels as in the register."""

import gzip
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from math import asinh, pi, radians, tan
from pathlib import Path
from typing import Any

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import write
from shapely.geometry import LineString, Point, Polygon, box

from rukhsa.places.ground_file import LAYERS, GroundFacts, place
from rukhsa.places.models import Block, ParcelEntry, ParcelList
from rukhsa.places.survey import Feature, Kind, Survey, SurveyVersion

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
CORNER = (50.5860, 26.2220)  # of the south-western plot of block 317
WIDE, DEEP, STREET = 0.0003, 0.0002, 0.0001  # degrees
COLUMNS, ROWS = 6, 5
GRID, MARGIN = 4096, 256
ZOOM = 15
Shown = tuple[Any, Mapping[str, str]]  # a shape of shapely in degrees, and its properties


def plots() -> Iterator[tuple[str, Polygon]]:
    """The plots, each with its number, in rows between streets."""
    for row in range(ROWS):
        for column in range(COLUMNS):
            west, south = CORNER[0] + column * WIDE, CORNER[1] + row * (DEEP + STREET)
            yield f"03-1{row}{column}", box(west, south, west + WIDE, south + DEEP)


def streets() -> Iterator[tuple[str, LineString]]:
    """The streets between the rows of plots."""
    for row in range(ROWS - 1):
        north = CORNER[1] + row * (DEEP + STREET) + DEEP + STREET / 2
        yield str(1701 + row), LineString([(CORNER[0], north), (CORNER[0] + COLUMNS * WIDE, north)])


def register_plots() -> None:
    """Enter the plots in the list of parcels."""
    listed = ParcelList.objects.create(
        number=1, effective_from=date(2020, 1, 1), source="invented", digest="0" * 64, at=AT
    )
    block = Block.objects.get(number=317)
    for number, plot in plots():
        west, south, east, north = plot.bounds
        ParcelEntry.objects.create(
            list=listed, number=number, block=block, geometry=plot.__geo_interface__, measure="660.0",
            west=west, south=south, east=east, north=north,
        )  # fmt: skip


def survey_plots() -> None:
    """Enter the block, and a building on each plot, in the surveys; the road of a row is the street north of it."""
    south_west, north_east = CORNER, (CORNER[0] + COLUMNS * WIDE, CORNER[1] + ROWS * (DEEP + STREET))
    _survey(Kind.BLOCK, [({"number": "317", "block": 317}, box(*south_west, *north_east))])
    buildings = [
        ({"number": number[-2:], "road": str(1701 + row // COLUMNS), "block": 317}, plot.buffer(-DEEP / 5))
        for row, (number, plot) in enumerate(plots())
    ]
    _survey(Kind.BUILDING, buildings)


def _survey(kind: Kind, features: Iterable[tuple[dict[str, Any], Polygon]]) -> None:
    survey = Survey.objects.create(
        kind=kind, effective_from=date(2020, 1, 1), source="invented", digest="0" * 64, at=AT
    )
    SurveyVersion.objects.create(survey=survey, kind=kind, number=1, at=AT)
    for row, (told, shape) in enumerate(features):
        west, south, east, north = shape.bounds
        edges = {"west": west, "south": south, "east": east, "north": north}
        Feature.objects.create(
            survey=survey, row=row, geometry=shape.__geo_interface__, measure="1", **edges, **told
        )


def ground(folder: Path) -> GroundFacts:
    """The town's ground, put in place."""
    file, (west, south, east, north) = folder / "town.pmtiles", _bounds()
    with write(str(file)) as writer:
        for x, y in _tiles():
            writer.write_tile(zxy_to_tileid(ZOOM, x, y), gzip.compress(_tile(x, y), mtime=0))
        writer.finalize(
            {
                "tile_type": TileType.MVT, "tile_compression": Compression.GZIP,
                "min_lon_e7": round(west * 1e7), "min_lat_e7": round(south * 1e7),
                "max_lon_e7": round(east * 1e7), "max_lat_e7": round(north * 1e7),
                "center_zoom": ZOOM, "center_lon_e7": round(west * 1e7), "center_lat_e7": round(south * 1e7),
            },
            {"vector_layers": [{"id": name, "fields": {}} for name in LAYERS]},
        )  # fmt: skip
    return place(file, attribution="Invented survey & sons", link="https://survey.example/", at=AT)


def layers() -> dict[str, list[Shown]]:
    """What the file holds, by layer."""
    found: dict[str, list[Shown]] = {name: [] for name in LAYERS}
    found["land"] = [(box(*_bounds()), {"name_ar": "البر", "name_en": "Land"})]
    found["zones"] = [(next(plots())[1].buffer(WIDE), {"zone": "heritage"})]
    for number, street in streets():
        found["roads"].append((street, {"number": number, "class": "street"}))
        told = {"kind": "road", "text_ar": f"طريق {number}", "text_en": f"Road {number}"}
        found["labels"].append((street.interpolate(0.5, normalized=True), told))
    for number, plot in plots():
        found["parcels"].append((plot, {"number": number}))
        found["buildings"].append((plot.buffer(-DEEP / 5, join_style="mitre"), {"number": number[-2:]}))
        told = {"kind": "parcel", "text_ar": number, "text_en": number}
        found["labels"].append((plot.representative_point(), told))
    return found


def _bounds() -> tuple[float, float, float, float]:
    return CORNER[0] - 0.004, CORNER[1] - 0.004, CORNER[0] + 0.006, CORNER[1] + 0.006


def _tiles() -> Iterator[tuple[int, int]]:
    west, south, east, north = _bounds()
    (x1, y2), (x2, y1) = (tuple(map(int, _on_grid(*corner))) for corner in ((west, south), (east, north)))
    yield from ((x, y) for x in range(x1, x2 + 1) for y in range(y1, y2 + 1))


def _on_grid(longitude: float, latitude: float) -> tuple[float, float]:
    """The column and row, with their parts, of a point at ZOOM."""
    across = (longitude + 180) / 360
    down = (1 - asinh(tan(radians(latitude))) / pi) / 2
    return across * (1 << ZOOM), down * (1 << ZOOM)


def _tile(x: int, y: int) -> bytes:
    """A vector tile (MVT 2.1 §4), written by hand: no package that writes them is needed otherwise."""
    return b"".join(_field(3, _layer(name, features, x, y)) for name, features in layers().items())


def _layer(name: str, features: Iterable[Shown], x: int, y: int) -> bytes:
    keys: dict[str, int] = {}
    values: dict[str, int] = {}
    written = []
    for shape, told in features:
        if commands := _commands(shape, x, y):
            tags = [
                number
                for key, value in told.items()
                for number in (keys.setdefault(key, len(keys)), values.setdefault(value, len(values)))
            ]
            kind = {"Point": 1, "LineString": 2, "Polygon": 3}[shape.geom_type]
            body = _field(2, _packed(tags)) + _varint(3 << 3) + _varint(kind) + _field(4, _packed(commands))
            written.append(_field(2, body))
    names = b"".join(_field(3, key.encode()) for key in keys)
    texts = b"".join(_field(4, _field(1, value.encode())) for value in values)
    version, extent = _varint(15 << 3) + _varint(2), _varint(5 << 3) + _varint(GRID)
    return version + _field(1, name.encode()) + b"".join(written) + names + texts + extent


def _commands(shape: Any, x: int, y: int) -> list[int]:
    points = shape.exterior.coords[:-1] if isinstance(shape, Polygon) else shape.coords
    on_grid = [_on_grid(*point) for point in points]
    placed = [(round((column - x) * GRID), round((row - y) * GRID)) for column, row in on_grid]
    if not box(-MARGIN, -MARGIN, GRID + MARGIN, GRID + MARGIN).intersects(
        Point(placed[0]) if len(placed) == 1 else LineString(placed).envelope
    ):
        return []
    steps = [(a - b, c - d) for (a, c), (b, d) in zip(placed, [(0, 0), *placed[:-1]], strict=True)]
    zigzag = [(n << 1) ^ (n >> 31) for step in steps for n in step]
    rest = [2 | (len(steps) - 1) << 3, *zigzag[2:]] if len(steps) > 1 else []
    return [1 | 1 << 3, *zigzag[:2], *rest, *([7 | 1 << 3] if isinstance(shape, Polygon) else [])]


def _field(number: int, body: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(body)) + body


def _packed(numbers: Iterable[int]) -> bytes:
    return b"".join(map(_varint, numbers))


def _varint(number: int) -> bytes:
    written = bytearray()
    while number > 127:
        written.append(number & 127 | 128)
        number >>= 7
    return bytes([*written, number])
