"""Files of the map's ground that tests make: PMTiles of a few tiles, sound or broken."""

import gzip
from pathlib import Path
from typing import Any

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import write

BOUNDS = (50.3, 25.5, 50.8, 26.4)
TILE_OF_MANAMA = (15, 20988, 13909)


def pmtiles(
    file: Path, *tiles: tuple[int, int, int], layers: tuple[str, ...] = ("land",), **header: Any
) -> Path:
    """A file with one tile for each of some numbers (zoom, column, row), which holds its own number."""
    west, south, east, north = BOUNDS
    with write(str(file)) as writer:
        for number in sorted(zxy_to_tileid(*each) for each in tiles or (TILE_OF_MANAMA,)):
            writer.write_tile(number, gzip.compress(str(number).encode(), mtime=0))
        told: dict[str, Any] = {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_lon_e7": round(west * 1e7),
            "min_lat_e7": round(south * 1e7),
            "max_lon_e7": round(east * 1e7),
            "max_lat_e7": round(north * 1e7),
            "center_zoom": 10,
            "center_lon_e7": round((west + east) / 2 * 1e7),
            "center_lat_e7": round((south + north) / 2 * 1e7),
        }
        writer.finalize(told | header, {"vector_layers": [{"id": name, "fields": {}} for name in layers]})
    return file
