"""Makes the ground of the map from what was imported: one PMTiles file, the same for the same data."""

import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import write

from rukhsa.errors import RukhsaError
from rukhsa.late import np, shapely, shapes
from rukhsa.places.ground_file import LAYERS
from rukhsa.places.parcel import parcels_on
from rukhsa.places.place_picture import plain
from rukhsa.places.survey import Feature, Kind, in_force
from rukhsa.places.vector_tile import Properties, Tile, encode, mercator
from rukhsa.values.names import Text

LOWEST, DEEPEST = 7, 15  # zooms: from the whole country to one in which a corner is right to 0.3 m
# Of outlines alone: a point of them is right to 2.4 m, and a wide territory has not a hundred thousand tiles.
DEEPEST_OF_OUTLINES: Final = 12
FINE: Final = ("roads", "buildings", "parcels")
FROM: Final = {"land": 7, "roads": 10, "zones": 10, "buildings": 14, "parcels": 14, "labels": 7}
LABELS_FROM: Final = {"land": 7, "zone": 12, "block": 12, "road": 14, "parcel": 15, "building": 15}
STREETS_FROM: Final = 13  # below, main roads alone
_WORDS: Final = {"road": Text(ar="طريق", en="Road"), "block": Text(ar="مجمع", en="Block")}


type Land = tuple[Any, Text]  # a shape in degrees, and its name


class NothingToDraw(RukhsaError, ValueError):
    """Nothing was imported that a ground could be made of."""

    code = "nothing-to-draw"


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One thing of a layer: its shape in degrees, what its tile tells of it, and from which zoom it is drawn."""

    layer: str
    ground: Any
    told: Properties
    zoom: int


def make_ground(
    file: Path, *, on: date, name: str, zones: Mapping[str, Text], land: Sequence[Land] = ()
) -> dict[str, int]:
    """Write the ground of the map as it is on a day, and how many things each layer has.

    `zones` are the names of kinds of zones; `land` is what counts as land where no governorates were imported.
    Everything is held in memory, about 1 kB a thing. Raises NothingToDraw.
    """
    things = list(things_on(on, zones))
    if not any(each.layer == "land" for each in things):
        things += [
            Thing(layer="land", ground=ground, told={"name_ar": name.ar, "name_en": name.en}, zoom=LOWEST)
            for ground, name in land
        ]
    if not things:
        raise NothingToDraw("nothing was imported: see rukhsa ground import")
    things += list(labels_of(things))
    drawn = _Drawn(things)
    with write(str(file)) as writer:
        for number, content in drawn.tiles():
            writer.write_tile(number, content)
        named = [{"id": layer, "fields": fields} for layer, fields in drawn.fields().items()]
        writer.finalize(drawn.header(), {"name": name, "vector_layers": named})
    counts = Counter(each.layer for each in things)
    return {layer: counts[layer] for layer in LAYERS if counts[layer]}


def things_on(day: date, zones: Mapping[str, Text]) -> Iterator[Thing]:
    """What was imported and counts on a day, row by row."""
    for kind in (Kind.GOVERNORATE, Kind.ROAD, Kind.BUILDING, Kind.ZONE, Kind.BLOCK):
        rows = Feature.objects.filter(survey__in=in_force(day, kind).values("pk")).order_by("survey", "row")
        for row in rows.iterator(chunk_size=2_000):
            yield thing_of(kind, row, zones)
    for parcel in parcels_on(day).order_by("number").iterator(chunk_size=2_000):
        told: dict[str, str | int] = {"number": parcel.number, "block": parcel.block_id}
        yield Thing(layer="parcels", ground=shapes.shape(parcel.geometry), told=told, zoom=FROM["parcels"])


def thing_of(kind: Kind, row: Feature, zones: Mapping[str, Text]) -> Thing:
    """The thing that a row of a survey describes; blocks are of no layer and give their label alone."""
    named = {"name_ar": row.name_ar, "name_en": row.name_en}
    if kind is Kind.ZONE:
        known = zones.get(row.sort, Text())
        named = {"name_ar": row.name_ar or known.ar, "name_en": row.name_en or known.en}
    kinds: dict[Kind, dict[str, str | int | None]] = {
        Kind.GOVERNORATE: {**named},
        Kind.ROAD: {**named, "number": row.number, "class": row.sort},
        Kind.BUILDING: {"number": row.number, "road": row.road, "block": row.block},
        Kind.ZONE: {**named, "zone": row.sort},
        Kind.BLOCK: {"number": row.number},
    }
    layer = {Kind.GOVERNORATE: "land", Kind.BLOCK: "blocks"}.get(kind, f"{kind}s")
    is_street = kind is Kind.ROAD and row.sort != "main"
    return Thing(
        layer=layer,
        ground=shapes.shape(row.geometry),
        told={key: value for key, value in kinds[kind].items() if value},
        zoom=STREETS_FROM if is_street else FROM.get(layer, DEEPEST),
    )


def labels_of(things: Iterable[Thing]) -> Iterator[Thing]:
    """A point for each thing that has a name: on its largest part where it has several, so that it is named once."""
    largest: dict[tuple[str, str, str], Any] = {}
    roads = defaultdict[tuple[Any, Any], list[Any]](list)
    for each in things:
        if name := label_of(each):
            key = (each.layer, name.ar, name.en)
            if each.layer in ("buildings", "parcels"):
                key = (*key[:2], str(each.ground.representative_point()))
            if key not in largest or _size(each.ground) > _size(largest[key][1].ground):
                largest[key] = (name, each)
        if each.layer == "buildings" and "road" in each.told:
            roads[each.told.get("block"), each.told["road"]].append(each.ground.centroid)
    named = {name.en for name, each in largest.values() if each.layer == "roads"}
    for name, each in largest.values():
        yield _labelled(each.layer.removesuffix("s"), name, each.ground)
    for (_block, road), points in roads.items():  # of roads without lines
        name = _road(str(road))
        if len(points) > 1 and name.en not in named:
            yield _labelled("road", name, shapely.union_all(points).centroid)


def label_of(thing: Thing) -> Text | None:
    """The name of a thing; None for one without."""
    told = thing.told
    number = str(told.get("number", ""))
    if thing.layer in ("buildings", "parcels"):
        return Text(ar=number, en=number) if number else None
    if thing.layer == "blocks":
        return Text(ar=f"{_WORDS['block'].ar} {number}", en=f"{_WORDS['block'].en} {number}")
    names = str(told.get("name_ar", "")), str(told.get("name_en", ""))
    if thing.layer == "roads" and not any(names):
        return _road(number)
    return Text(ar=names[0] or names[1], en=names[1] or names[0]) if any(names) else None


def _road(written: str) -> Text:
    if not written.isdigit():
        return Text(ar=written, en=written)
    return Text(ar=f"{_WORDS['road'].ar} {written}", en=f"{_WORDS['road'].en} {written}")


def _labelled(kind: str, name: Text, ground: Any) -> Thing:
    lies = (
        ground.interpolate(0.5, normalized=True)
        if ground.geom_type == "LineString"
        else ground.representative_point()
    )
    told = {"kind": kind, "text_ar": plain(name.ar), "text_en": plain(name.en)}
    return Thing(layer="labels", ground=lies, told=told, zoom=LABELS_FROM[kind])


def _size(ground: Any) -> tuple[float, float]:
    return ground.area, ground.length


class _Drawn:
    """Things in Mercator by layer, each layer in a tree by which a tile finds its own."""

    def __init__(self, things: Sequence[Thing]) -> None:
        self.bounds = shapely.total_bounds(np.array([each.ground for each in things]))
        is_fine = any(each.layer in FINE for each in things)
        self.deepest = DEEPEST if is_fine else DEEPEST_OF_OUTLINES
        self.layers: dict[str, tuple[list[Thing], Any, Any]] = {}
        for layer in LAYERS:
            some = [each for each in things if each.layer == layer]
            if some:
                placed = mercator(np.array([each.ground for each in some]))
                self.layers[layer] = some, placed, shapely.STRtree(placed)

    def tiles(self) -> Iterator[tuple[int, bytes]]:
        """The tiles that have something to draw, by their number in the file, in its order."""
        west, south, east, north = shapely.bounds(mercator(shapely.box(*self.bounds)))
        for zoom in range(LOWEST, self.deepest + 1):
            wide = 1 << zoom
            columns = range(int(west * wide), int(east * wide) + 1)
            rows = range(int(south * wide), int(north * wide) + 1)
            numbered = sorted((zxy_to_tileid(zoom, x, y), x, y) for x in columns for y in rows)
            for number, x, y in numbered:
                if content := encode(self.tile(Tile(zoom=zoom, column=x, row=y))):
                    yield number, gzip.compress(content, mtime=0)

    def tile(self, tile: Tile) -> dict[str, Iterator[tuple[Any, Properties]]]:
        """What lies in a tile, layer by layer."""
        found: dict[str, Iterator[tuple[Any, Properties]]] = {}
        here = shapely.box(*tile.box)
        for layer, (things, placed, tree) in self.layers.items():
            inside = [number for number in sorted(tree.query(here)) if things[number].zoom <= tile.zoom]
            cut = tile.cut(placed[inside])
            # An area that touches the edge alone would be cut to a line.
            kept = shapely.get_dimensions(cut) == shapely.get_dimensions(placed[inside])
            told = [things[number].told for number, is_kept in zip(inside, kept, strict=True) if is_kept]
            found[layer] = zip(cut[kept], told, strict=True)
        return found

    def fields(self) -> dict[str, dict[str, str]]:
        """The layers with the names of their properties, as TileJSON has them."""
        return {
            layer: {key: "String" for each in things for key in each.told}
            for layer, (things, _placed, _tree) in self.layers.items()
        }

    def header(self) -> dict[str, Any]:
        """What the file says of itself."""
        west, south, east, north = (round(float(edge) * 1e7) for edge in self.bounds)
        return {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_lon_e7": west,
            "min_lat_e7": south,
            "max_lon_e7": east,
            "max_lat_e7": north,
            "center_zoom": LOWEST + 2,
            "center_lon_e7": (west + east) // 2,
            "center_lat_e7": (south + north) // 2,
        }
