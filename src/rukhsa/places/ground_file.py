"""The ground of the map: one PMTiles file of tiles, put in place by an operator and read tile by tile."""

import gzip
import hashlib
import json
import mmap
import os
import shutil
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from pmtiles.tile import (
    Compression,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_directory,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)

from rukhsa.errors import RukhsaError

LAYERS: Final = ("land", "roads", "buildings", "parcels", "zones", "labels")  # docs/formats/ground.md
DEEPEST: Final = 22  # zoom, beyond which no map of ours goes
# A page that was opened before may still ask for tiles of the file that it names.
KEPT_FOR: Final = timedelta(days=7)
_HEADER: Final = 127  # bytes
_DIRECTORIES: Final = 4  # at most one below another
_NAMING: Final = "ground.json"

Box = tuple[float, float, float, float]  # west, south, east, north in degrees


class GroundRefused(RukhsaError, ValueError):
    """A file that cannot be the ground of the map, and why."""

    code = "ground-refused"


@dataclass(frozen=True, kw_only=True)
class GroundFacts:
    """What a page must know of the ground in place to ask for its tiles."""

    version: str  # the beginning of the SHA-256 of the file in hex
    attribution: str
    link: str  # where the attribution leads; "" for nowhere
    bounds: Box
    minzoom: int
    maxzoom: int
    layers: tuple[str, ...]
    made_of: str = ""  # a digest of what the house made it of; "" for a file that an operator gave

    @property
    def is_outline(self) -> bool:
        """Whether it was made of the boundaries of the authorities alone, without a survey."""
        return bool(self.made_of) and not self.attribution


def ground_in_place() -> GroundFacts | None:
    """The ground that pages show now; None where the operator gave none."""
    file = _folder() / _NAMING
    try:
        return _named(file, file.stat().st_mtime_ns)[0]
    except FileNotFoundError:
        return None


def tile(version: str, z: int, x: int, y: int) -> bytes | None:
    """A tile of a version of the ground, a vector tile in gzip; None where there is nothing to draw.

    Raises FileNotFoundError if there is no such version. The directory of a file is read once a process.
    """
    file = _folder() / f"{version}.pmtiles"
    opened = _opened(file)
    if not (opened.minzoom <= z <= opened.maxzoom and 0 <= x < 1 << z and 0 <= y < 1 << z):
        return None
    found = opened.find(zxy_to_tileid(z, x, y))
    return found if found is None or opened.is_compressed else gzip.compress(found, mtime=0)


def place(file: Path, *, attribution: str, link: str, at: datetime, made_of: str = "") -> GroundFacts:
    """Put a file in place as the ground of the map; pages that name the one before can still read it.

    What was replaced more than a week ago is deleted. The same file again changes its attribution alone. Raises
    GroundRefused.
    """
    facts = replace(examine(file, attribution=attribution, link=link), made_of=made_of)
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{facts.version}.pmtiles"
    if not kept.exists():
        _put(kept, lambda beside: shutil.copyfile(file, beside))
    naming = folder / _NAMING
    left = left_behind(naming, facts.version, at)
    told = json.dumps(asdict(facts) | {"left": left}, ensure_ascii=False, indent=1)
    _put(naming, lambda beside: beside.write_text(told, encoding="utf-8"))
    for other in folder.glob("*.pmtiles"):
        if other.stem not in {facts.version, *left}:
            other.unlink()
    return facts


def examine(file: Path, *, attribution: str, link: str = "") -> GroundFacts:
    """The facts of a file: PMTiles version 3, vector tiles, some of our layers, sound bounds. Raises GroundRefused."""
    try:
        opened = _Opened(file)
        for length in opened.lengths():
            if length <= 0:
                raise GroundRefused("a tile of the file is empty or lies outside it")
    except (MagicNumberNotFound, SpecVersionUnsupported) as error:
        raise GroundRefused("the file is not PMTiles of version 3") from error
    except (OSError, EOFError, ValueError, struct.error, zlib.error, IndexError, RecursionError) as error:
        if isinstance(error, GroundRefused):
            raise
        raise GroundRefused(f"the file cannot be read: {error}") from error
    west, south, east, north = opened.bounds
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise GroundRefused("the bounds of the file are no box on the earth")
    layers = tuple(name for name in LAYERS if name in opened.layers)
    if not layers:
        raise GroundRefused(
            f"the file has none of our layers ({', '.join(LAYERS)}), but {', '.join(sorted(opened.layers)) or 'none'}"
        )
    with file.open("rb") as read:
        digest = hashlib.file_digest(read, "sha256").hexdigest()
    return GroundFacts(
        version=digest[:16],
        attribution=attribution,
        link=link,
        bounds=opened.bounds,
        minzoom=opened.minzoom,
        maxzoom=opened.maxzoom,
        layers=layers,
    )


class _Opened:
    """A file, mapped into memory, with its root directory."""

    def __init__(self, file: Path) -> None:
        with file.open("rb") as opened:
            mapped = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        self._bytes: Callable[[int, int], bytes] = lambda offset, length: mapped[offset : offset + length]
        self._size = len(mapped)
        header = deserialize_header(self._bytes(0, _HEADER))
        if header["tile_type"] != TileType.MVT:
            raise GroundRefused("its tiles are no vector tiles (MVT)")
        if header["internal_compression"] != Compression.GZIP:
            raise GroundRefused("its directory is not compressed by gzip")
        if header["tile_compression"] not in (Compression.GZIP, Compression.NONE):
            raise GroundRefused("its tiles are compressed by something other than gzip")
        self._header = header
        self._root = self._directory(header["root_offset"], header["root_length"])
        self._leaf = lru_cache(maxsize=64)(self._directory)
        self.is_compressed = header["tile_compression"] == Compression.GZIP
        self.minzoom, self.maxzoom = header["min_zoom"], header["max_zoom"]
        if not 0 <= self.minzoom <= self.maxzoom <= DEEPEST:
            raise GroundRefused(f"its zooms are not between 0 and {DEEPEST}")
        corners = (header["min_lon_e7"], header["min_lat_e7"], header["max_lon_e7"], header["max_lat_e7"])
        west, south, east, north = (corner / 10_000_000 for corner in corners)
        self.bounds: Box = (west, south, east, north)

    @property
    def layers(self) -> set[str]:
        """The names of the layers that its metadata names."""
        packed = self._bytes(self._header["metadata_offset"], self._header["metadata_length"])
        told = json.loads(gzip.decompress(packed))
        named = told.get("vector_layers") if isinstance(told, dict) else None
        return {str(each["id"]) for each in named or () if isinstance(each, dict) and "id" in each}

    def find(self, number: int) -> bytes | None:
        """The bytes of a tile by its number in the file."""
        entries = self._root
        for _depth in range(_DIRECTORIES):
            entry = find_tile(entries, number)
            if entry is None:
                return None
            if entry.run_length:
                at = self._header["tile_data_offset"] + entry.offset
                return bytes(self._bytes(at, entry.length))
            entries = self._leaf(self._header["leaf_directory_offset"] + entry.offset, entry.length)
        return None

    def lengths(self) -> Iterator[int]:
        """The length of each tile; 0 for one that lies outside the file."""
        waiting = [(0, self._root)]
        while waiting:
            depth, entries = waiting.pop()
            for entry in entries:
                if entry.run_length:
                    end = self._header["tile_data_offset"] + entry.offset + entry.length
                    yield entry.length if end <= self._size else 0
                elif depth < _DIRECTORIES:
                    start = self._header["leaf_directory_offset"] + entry.offset
                    waiting.append((depth + 1, self._directory(start, entry.length)))

    def _directory(self, offset: int, length: int) -> list[Any]:
        return list(deserialize_directory(self._bytes(offset, length)))


_opened = lru_cache(maxsize=4)(_Opened)


@lru_cache(maxsize=2)
def _named(file: Path, changed: int) -> tuple[GroundFacts, dict[str, str]]:
    told = json.loads(file.read_text(encoding="utf-8"))
    left: dict[str, str] = told.pop("left")
    return GroundFacts(**told | {"bounds": tuple(told["bounds"]), "layers": tuple(told["layers"])}), left


def left_behind(naming: Path, version: str, at: datetime) -> dict[str, str]:
    """The versions that a page may still name, each with the moment at which it was replaced."""
    if not naming.exists():
        return {}
    now, before = _named(naming, naming.stat().st_mtime_ns)
    left = {now.version: at.isoformat()} | before
    return {
        name: since
        for name, since in left.items()
        if name != version and at - datetime.fromisoformat(since) < KEPT_FOR
    }


def _put(target: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside its place, and move it there when it is whole."""
    beside = target.with_suffix(f".{os.getpid()}.new")
    try:
        write(beside)
        with beside.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.RUKHSA_GROUND)
