"""The log's writing side: a batch of entries becomes tiles and the next checkpoint."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from rukhsa.trust import cbor, checkpoint, merkle, tiles, tlogproof
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.errors import BadLog, Unavailable
from rukhsa.trust.keys import Signer
from rukhsa.trust.tiles import HASH, WIDTH, FolderTiles, MemoryTiles, Nodes, Tiles

__all__ = [
    "Checkpoint",
    "FolderTiles",
    "MemoryTiles",
    "Tiles",
    "entry",
    "integrate",
    "proof",
    "publish",
    "published",
]

CHECKPOINT_PATH = "checkpoint"
WITNESSED_PATH = "checkpoint.witnessed"  # the newest one that a quorum of witnesses cosigned
_MAXIMUM_ENTRY = (1 << 16) - 1


def entry(kind: str, subject: bytes) -> bytes:
    """A log entry of `kind` ("file", "status-list", "trust-list", ...): CBOR of [kind, SHA-256 of `subject`].

    A seal's entry is `seal.leaf_entry`.
    """
    return cbor.write([kind, hashlib.sha256(subject).digest()])


def integrate(
    tiles: Tiles,
    previous: Checkpoint | None,
    entries: list[bytes],
    *,
    origin: str,
    signer: Signer,
    at: datetime,
) -> Checkpoint:
    """Append `entries` after `previous` and sign the next checkpoint; the caller then keeps and publishes it.

    `previous` is the last checkpoint the caller has durably kept (compare-and-swap is the caller's). Only the
    tiles at the right edge are touched. If the caller dies before keeping the result, calling again with the
    same `previous` starts over. Raises BadLog where time, origin or the tiles do not follow `previous`.
    """
    at = at.astimezone(UTC).replace(microsecond=0)
    _check_follows(tiles, previous, origin, at)
    start = previous.size if previous else 0
    if not entries and previous:
        return checkpoint.sign(Checkpoint(origin=origin, size=start, root=previous.root, at=at), signer)
    _append_entries(tiles, start, entries)
    size = start + len(entries)
    _append_hashes(tiles, start, size, [merkle.leaf_hash(each) for each in entries])
    return checkpoint.sign(Checkpoint(origin=origin, size=size, root=_root(tiles, size), at=at), signer)


def publish(tiles: Tiles, checkpoint: Checkpoint, path: str = CHECKPOINT_PATH) -> None:
    """Put the checkpoint where readers fetch it; its tiles are written already."""
    tiles.write(path, checkpoint.note.encode())


def published(tiles: Tiles, path: str = CHECKPOINT_PATH) -> str | None:
    """The checkpoint that readers fetch now, as it stands there; None before the first."""
    try:
        return tiles.read(path).decode("utf-8", "replace")
    except Unavailable:
        return None


def proof(tiles: Tiles, index: int, checkpoint: Checkpoint, *, nodes: Nodes | None = None) -> str:
    """The C2SP tlog-proof of the entry at `index`: a text file that stands alone.

    `nodes` keeps what was read of the tree for the next proof by the same checkpoint.
    """
    hashes = _inclusion(tiles, index, checkpoint.size, nodes)
    return tlogproof.write(index=index, hashes=hashes, note=checkpoint.note)


@dataclass(frozen=True, kw_only=True)
class _Edge:
    """The right edge of one level of tiles: where it stands and the hashes of its last, partial tile."""

    level: int
    start: int
    hashes: list[bytes]


def _check_follows(tiles: Tiles, previous: Checkpoint | None, origin: str, at: datetime) -> None:
    if previous is None:
        return
    if previous.origin != origin:
        raise BadLog("other-origin", f"{previous.origin} is not {origin}")
    if at < previous.at:
        raise BadLog("time-went-back", f"{at:%Y-%m-%dT%H:%M:%SZ} is before {previous.at:%Y-%m-%dT%H:%M:%SZ}")
    # The tiles must still be those that `previous` signed: a restored older folder stops here.
    if _root(tiles, previous.size) != previous.root:
        raise BadLog("tiles-do-not-match", "the tiles are not those of the last checkpoint")


def _root(storage: Tiles, size: int) -> bytes:
    return tiles.root(storage.read, size)


def _inclusion(storage: Tiles, index: int, size: int, nodes: Nodes | None) -> list[bytes]:
    return tiles.inclusion_proof(storage.read, index, size, nodes=nodes)


def _append_hashes(storage: Tiles, start: int, size: int, new: list[bytes]) -> None:
    level = 0
    while new:
        new = _append_level(storage, _edge(storage, level, start), new)
        level, start = level + 1, start >> tiles.HEIGHT


def _edge(storage: Tiles, level: int, start: int) -> _Edge:
    number, width = divmod(start, WIDTH)
    if not width:
        return _Edge(level=level, start=start, hashes=[])
    tile = storage.read(tiles.tile_path(level, number, width))
    if len(tile) != width * HASH:
        raise BadLog("bad-tile", tiles.tile_path(level, number, width))
    return _Edge(level=level, start=start, hashes=tiles.hashes_in(tile))


def _append_level(storage: Tiles, edge: _Edge, new: list[bytes]) -> list[bytes]:
    """Write the tiles of one level; the hashes of the full ones go to the level above."""
    hashes, number, full = edge.hashes + new, edge.start // WIDTH, []
    for at in range(0, len(hashes), WIDTH):
        tile = hashes[at : at + WIDTH]
        storage.write(tiles.tile_path(edge.level, number, len(tile)), b"".join(tile))
        if len(tile) == WIDTH:
            full.append(merkle.root_of(tile))
        number += 1
    return full


def _append_entries(storage: Tiles, start: int, entries: list[bytes]) -> None:
    number, width = divmod(start, WIDTH)
    bundle = [storage.read(tiles.entries_path(number, width))] if width else []
    for each in entries:
        if len(each) > _MAXIMUM_ENTRY:
            raise BadLog("bad-entry", f"{len(each)} bytes")
        bundle.append(len(each).to_bytes(2) + each)
        width += 1
        if width == WIDTH:
            storage.write(tiles.entries_path(number), b"".join(bundle))
            number, width, bundle = number + 1, 0, []
    if width:
        storage.write(tiles.entries_path(number, width), b"".join(bundle))
