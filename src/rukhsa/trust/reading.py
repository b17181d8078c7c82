"""Reads the entries of a log as a stream: each tile once, hashed up to the signed root, in constant memory."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from rukhsa.trust import cbor, merkle, tiles
from rukhsa.trust.errors import BadCbor, BadLog, Unavailable
from rukhsa.trust.tiles import WIDTH, Read, State

KINDS = ("seal", "file", "status-list", "trust-list", "release", "open-data", "former-log", "key-compromise")
OTHER = "other"
_SAVE_EVERY = 256  # tiles


@dataclass(kw_only=True)
class Reading:
    """How far a log was read: the number of whole tiles, the roots over them, and the counts by day and kind.

    `peaks` are the roots of the perfect trees into which the tiles divide, the largest first.
    """

    tiles: int = 0
    peaks: list[bytes] = field(default_factory=list)
    counted: int = 0
    days: dict[str, dict[str, int]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        peaks = [peak.hex() for peak in self.peaks]
        return {"tiles": self.tiles, "peaks": peaks, "counted": self.counted, "days": self.days}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Reading":
        peaks = [bytes.fromhex(peak) for peak in data["peaks"]]
        return cls(tiles=data["tiles"], peaks=peaks, counted=data["counted"], days=data["days"])

    def copy(self) -> "Reading":
        return deepcopy(self)


def read_on(reading: Reading, read: Read, state: State, *, day: str, save: Callable[[Reading], None]) -> None:
    """Read from where `reading` stopped to the end of the log at `state`, counting what is new under `day`.

    `save` is called every 65,536 entries with the progress. Raises BadLog where entries, tiles and root do not agree
    (`reading` is then worth nothing), and Unavailable.
    """
    while (reading.tiles + 1) * WIDTH <= state.size:
        leaves = _count(reading, bundle(read, reading.tiles, state.size), day)
        _check_tile(read, 0, reading.tiles, state.size, merkle.root_of(leaves))
        _add(reading, merkle.root_of(leaves), read, state.size)
        if reading.tiles % _SAVE_EVERY == 0:
            save(reading)
    tail: list[bytes] = []
    if reading.tiles * WIDTH < state.size:
        tail = _count(reading, bundle(read, reading.tiles, state.size), day)
    if _root(reading.peaks, tail) != state.root:
        raise BadLog("bad-tile", "the entries do not lead to the root")


def bundle(read: Read, number: int, size: int) -> Iterator[bytes]:
    """The entries of a bundle, each out of its length of two bytes."""
    width = tiles.tile_width(0, number, size)
    data, at = _bundle_bytes(read, number, width), 0
    for _ in range(width):
        end = at + 2 + int.from_bytes(data[at : at + 2])
        if len(data) < at + 2 or end > len(data):
            raise BadLog("bad-tile", f"the bundle {number} is cut short")
        yield data[at + 2 : end]
        at = end


def _bundle_bytes(read: Read, number: int, width: int) -> bytes:
    try:
        return read(tiles.entries_path(number, width))
    except Unavailable:
        if width == WIDTH:
            raise
        return read(tiles.entries_path(number))  # a partial one may be gone once the full one exists


def _count(reading: Reading, entries: Iterator[bytes], day: str) -> list[bytes]:
    """The hashes of the entries of the next bundle; those not seen before are counted."""
    hashes, index = [], reading.tiles * WIDTH
    for entry in entries:
        hashes.append(merkle.leaf_hash(entry))
        if index >= reading.counted:
            kinds = reading.days.setdefault(day, {})
            kind = kind_of(entry)
            kinds[kind] = kinds.get(kind, 0) + 1
            reading.counted = index + 1
        index += 1
    return hashes


def kind_of(entry: bytes) -> str:
    """The kind of an entry, or "other" where it is unknown."""
    try:
        value = cbor.read(entry)
    except BadCbor:
        return OTHER
    kind = value[0] if isinstance(value, list) and value else None
    return kind if isinstance(kind, str) and kind in KINDS else OTHER


def _add(reading: Reading, root: bytes, read: Read, size: int) -> None:
    """One more tile of leaves; where a tile of a higher level became full with it, that one must agree."""
    count, height = reading.tiles, 0
    reading.tiles += 1
    while count & 1:
        root = merkle.node_hash(reading.peaks.pop(), root)
        count, height = count >> 1, height + 1
        if height % tiles.HEIGHT == 0:
            _check_tile(read, height // tiles.HEIGHT, count, size, root)
    reading.peaks.append(root)


def _check_tile(read: Read, level: int, number: int, size: int, root: bytes) -> None:
    if merkle.root_of(tiles.hashes_in(tiles.read_tile(read, level, number, size))) != root:
        raise BadLog("bad-tile", f"{tiles.tile_path(level, number)} is not of the entries below it")


def _root(peaks: list[bytes], tail: list[bytes]) -> bytes:
    hashes = [*peaks, merkle.root_of(tail)] if tail else list(peaks)
    if not hashes:
        return merkle.EMPTY_ROOT
    root = hashes.pop()
    while hashes:
        root = merkle.node_hash(hashes.pop(), root)
    return root
