"""The log's writing side: a batch of entries becomes tiles and the next checkpoint."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from rukhsa.trust import cbor, checkpoint, merkle, tiles, tlogproof
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.errors import BadLog
from rukhsa.trust.keys import Signer
from rukhsa.trust.reading import bundle
from rukhsa.trust.tiles import (
    WIDTH,
    FolderTiles,
    MemoryTiles,
    Nodes,
    SharedTiles,
    State,
    Tiles,
    TilesBeside,
    held,
)

__all__ = [
    "Checkpoint",
    "FolderTiles",
    "MemoryTiles",
    "Tiles",
    "complete",
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
    size = start + len(entries)
    _append(tiles, start, entries)
    return checkpoint.sign(Checkpoint(origin=origin, size=size, root=_root(tiles, size), at=at), signer)


def complete(tiles: SharedTiles, start: int, entries: list[bytes], state: State) -> list[str]:
    """Write the tiles of `state`, a checkpoint that is durably kept, from its `entries` after `start`.

    The paths of the full tiles and bundles among them: once `state` is published, their partial ones may be pruned.

    Any process may do this at any time and any number of times, also one that was held up for an hour: each file is
    made once, with the bytes that follow from the entries. Raises BadLog: tiles-do-not-match, tile-differs.
    """
    grown = TilesBeside(under=tiles)
    _append(grown, start, entries)
    if start + len(entries) != state.size or _root(grown, state.size) != state.root:
        raise BadLog("tiles-do-not-match", f"the entries do not lead to the checkpoint of {state.size}")
    for path, data in grown.files.items():
        tiles.create(path, data)
    return [path for path in grown.files if ".p/" not in path]


def publish(tiles: SharedTiles, checkpoint: Checkpoint, path: str = CHECKPOINT_PATH) -> None:
    """Put the checkpoint where readers fetch it, unless a later one is there; its tiles are written already.

    Raises BadLog: log-forked, where another tree of this size is there.
    """
    while True:
        shown = held(tiles, path)
        if shown is not None and not _is_later(checkpoint, shown.decode("utf-8", "replace")):
            return
        if tiles.swap(path, shown, checkpoint.note.encode()):
            return


def published(tiles: Tiles, path: str = CHECKPOINT_PATH) -> str | None:
    """The checkpoint that readers fetch now, as it stands there; None before the first."""
    shown = held(tiles, path)
    return None if shown is None else shown.decode("utf-8", "replace")


def proof(tiles: Tiles, index: int, checkpoint: Checkpoint, *, nodes: Nodes | None = None) -> str:
    """The C2SP tlog-proof of the entry at `index`: a text file that stands alone.

    `nodes` keeps what was read of the tree for the next proof by the same checkpoint.
    """
    hashes = _inclusion(tiles, index, checkpoint.size, nodes)
    return tlogproof.write(index=index, hashes=hashes, note=checkpoint.note)


def _is_later(new: Checkpoint, shown: str) -> bool:
    """Whether a checkpoint takes the place of the one that is shown: with more entries, signed later, or cosigned."""
    known = checkpoint.said(shown)
    if new.size == known.size and new.root != known.root:
        raise BadLog("log-forked", f"another tree of {new.size} is published")
    if new.size == known.size:
        return new.at > known.at or (new.at == known.at and not shown.startswith(new.note))
    return new.size > known.size


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


def _append(storage: Tiles, start: int, entries: list[bytes]) -> None:
    _append_entries(storage, start, entries)
    hashes = [merkle.leaf_hash(each) for each in entries]
    _append_hashes(storage, start, start + len(entries), hashes)


def _append_hashes(storage: Tiles, start: int, size: int, new: list[bytes]) -> None:
    level = 0
    while new:
        new = _append_level(storage, _edge(storage, level, start), new)
        level, start = level + 1, start >> tiles.HEIGHT


def _edge(storage: Tiles, level: int, start: int) -> _Edge:
    number, width = divmod(start, WIDTH)
    if not width:
        return _Edge(level=level, start=start, hashes=[])
    tile = tiles.read_tile(storage.read, level, number, start << tiles.HEIGHT * level)
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
    known = bundle(storage.read, number, start) if width else ()
    written = [_with_length(each) for each in known]
    for each in entries:
        written.append(_with_length(each))
        if len(written) == WIDTH:
            storage.write(tiles.entries_path(number), b"".join(written))
            number, written = number + 1, []
    if written:
        storage.write(tiles.entries_path(number, len(written)), b"".join(written))


def _with_length(entry: bytes) -> bytes:
    if len(entry) > _MAXIMUM_ENTRY:
        raise BadLog("bad-entry", f"{len(entry)} bytes")
    return len(entry).to_bytes(2) + entry
