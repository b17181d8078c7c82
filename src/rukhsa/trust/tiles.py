"""The log as tiles in a folder (C2SP tlog-tiles): their paths, their storage, and proofs read from them."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from rukhsa.trust import merkle
from rukhsa.trust.errors import BadLog, Unavailable

WIDTH = 256  # hashes in a full tile
HEIGHT = 8  # levels of the tree in one tile
HASH = 32
LOCK_FILE: Final = ".lock"  # in the folder of a file that is replaced under a condition
SECONDS_FOR_LOCK: Final = 10.0

type Read = Callable[[str], bytes]

type Nodes = dict[tuple[int, int], bytes]
"""Hashes over parts of one tree, by the first entry and the one after the last: what never changes again."""


class State(Protocol):
    """A log at some time: how many entries, and their root."""

    @property
    def size(self) -> int: ...

    @property
    def root(self) -> bytes: ...


class Tiles(Protocol):
    """Where the files of a log lie. `read` raises Unavailable for a file that is not there."""

    def read(self, path: str) -> bytes: ...

    def write(self, path: str, data: bytes) -> None:
        """Write a whole file, durably, so that a reader sees the old one or the new one."""


class SharedTiles(Tiles, Protocol):
    """Tiles that several processes write: a store of objects does it by `If-None-Match: *` and `If-Match`."""

    def create(self, path: str, data: bytes) -> None:
        """Write a file durably that is not there yet, or is there with the same bytes. Raises BadLog: tile-differs."""

    def swap(self, path: str, old: bytes | None, new: bytes) -> bool:
        """Replace a file durably if it still holds `old` (None: if it is not there); False if it does not."""

    def prune(self, path: str) -> int:
        """Remove the partial files of a full tile or bundle, and say how many: readers take the full one."""


@dataclass(frozen=True, kw_only=True)
class FolderTiles:
    """Tiles in a folder: each write goes to a temporary file, is flushed to disk and renamed or linked."""

    folder: Path

    def read(self, path: str) -> bytes:
        try:
            return (self.folder / path).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise Unavailable("no-such-file", path) from error

    def write(self, path: str, data: bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write_durably(target, data)

    def create(self, path: str, data: bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if create_durably(target, data) != data:
            raise BadLog("tile-differs", f"{path} was written with other bytes")

    def swap(self, path: str, old: bytes | None, new: bytes) -> bool:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        return swap_durably(target, old, new)

    def prune(self, path: str) -> int:
        partial = self.folder / f"{path}.p"
        count = len(list(partial.iterdir())) if partial.is_dir() else 0
        shutil.rmtree(partial, ignore_errors=True)
        return count

    def under(self, part: str) -> "FolderTiles":
        """The files in a folder of this one."""
        return FolderTiles(folder=self.folder / part)

    def names(self) -> Iterator[str]:
        """The names of the files, without those that are hidden: locks, and what is half written."""
        for place, folders, files in self.folder.walk():
            folders[:] = [each for each in folders if not each.startswith(".")]
            yield from (str((place / each).relative_to(self.folder)) for each in files if each[0] != ".")


@dataclass(frozen=True, kw_only=True)
class MemoryTiles:
    """Tiles in memory, for tests and for building before publishing."""

    files: dict[str, bytes] = field(default_factory=dict)

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise Unavailable("no-such-file", path)
        return self.files[path]

    def write(self, path: str, data: bytes) -> None:
        self.files[path] = data

    def create(self, path: str, data: bytes) -> None:
        if self.files.setdefault(path, data) != data:
            raise BadLog("tile-differs", f"{path} was written with other bytes")

    def swap(self, path: str, old: bytes | None, new: bytes) -> bool:
        if self.files.get(path) != old:
            return False
        self.files[path] = new
        return True

    def prune(self, path: str) -> int:
        partial = [each for each in self.files if each.startswith(f"{path}.p/")]
        for each in partial:
            del self.files[each]
        return len(partial)


@dataclass(frozen=True, kw_only=True)
class TilesBeside(MemoryTiles):
    """What would be written to the tiles `under` it is kept in `files`, and read from there first."""

    under: Tiles

    def read(self, path: str) -> bytes:
        return self.files[path] if path in self.files else self.under.read(path)


def held(tiles: Tiles, path: str) -> bytes | None:
    """The bytes of a file; None where it is not there. Raises Unavailable where that cannot be known."""
    try:
        return tiles.read(path)
    except Unavailable as error:
        if not error.is_missing:
            raise
        return None


def write_durably(target: Path, data: bytes) -> None:
    """Replace `target` by `data` in one step that survives a loss of power.

    What root writes belongs at once to the owner of the folder, whose process may read it the next moment.
    """
    with _flushed(target, data) as written:
        os.replace(written, target)
    _flush_folder(target.parent)


def create_durably(target: Path, data: bytes) -> bytes:
    """Make `target` with `data`, unless it is there: what it holds then. Of many at once one makes it, whole."""
    if not target.exists():
        with _flushed(target, data) as written:
            try:
                os.link(written, target)
            except FileExistsError:
                pass
            finally:
                os.unlink(written)
    # Also after another process made it, since that one may not have come to this yet.
    _flush_folder(target.parent)
    return target.read_bytes()


def swap_durably(target: Path, old: bytes | None, new: bytes) -> bool:
    """Replace `target` by `new` if it holds `old` (None: if it is not there); False if it does not.

    Of many at once one succeeds. Raises Unavailable where another process holds the lock of the folder for long.
    """
    with _locked(target.parent):
        if (target.read_bytes() if target.exists() else None) != old:
            return False
        write_durably(target, new)
    return True


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Be alone with a folder. The kernel frees the lock of a process that dies."""
    path = folder / LOCK_FILE
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
    try:
        _give_to_owner(file, folder)
        until = time.monotonic() + SECONDS_FOR_LOCK
        while not _takes(file):
            if time.monotonic() > until:
                raise Unavailable("folder-locked", f"another process holds {path}")
            time.sleep(0.01)
        yield
    finally:
        os.close(file)


def _takes(file: int) -> bool:
    import fcntl  # not on Windows, where a verifier only reads

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _flushed(target: Path, data: bytes) -> Iterator[str]:
    """The name of a temporary file beside `target` with `data` on the disk, which is removed if the block fails."""
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            _give_to_owner(file.fileno(), target.parent)
            os.fsync(file.fileno())
            yield file.name
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _give_to_owner(file: int, folder: Path) -> None:
    if os.geteuid() == 0:
        owner = folder.stat()
        os.fchown(file, owner.st_uid, owner.st_gid)


def _flush_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_once(path: Path, content: bytes, mode: int) -> None:
    """Write a file that is not there yet, durably; its folder is made for its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        os.write(file, content)
        os.fsync(file)
    finally:
        os.close(file)


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """The path of a hash tile: "tile/0/x001/067" or, with 1 to 255 hashes, "tile/0/x001/067.p/5"."""
    return f"tile/{level}/{_number(number)}{'' if width == WIDTH else f'.p/{width}'}"


def entries_path(number: int, width: int = WIDTH) -> str:
    """The path of a bundle of entries: "tile/entries/000"."""
    return f"tile/entries/{_number(number)}{'' if width == WIDTH else f'.p/{width}'}"


def tile_width(level: int, number: int, size: int) -> int:
    """How many hashes the tile holds in a log of `size` entries; 0 where it does not exist."""
    return max(0, min(WIDTH, (size >> HEIGHT * level) - number * WIDTH))


def read_tile(read: Read, level: int, number: int, size: int) -> bytes:
    """The tile of a log of `size` entries, from the partial or the full file. Raises BadLog, Unavailable."""
    width = tile_width(level, number, size)
    if not width:
        raise BadLog("no-such-tile", tile_path(level, number))
    try:
        data = read(tile_path(level, number, width))
    except Unavailable:
        if width == WIDTH:
            raise
        data = read(tile_path(level, number))[: width * HASH]
    if len(data) != width * HASH:
        raise BadLog("bad-tile", f"{tile_path(level, number, width)} has {len(data)} bytes")
    return data


def hashes_in(tile: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [tile[at : at + HASH] for at in range(0, len(tile), HASH)]


def root(read: Read, size: int) -> bytes:
    """The root of the log at `size`."""
    return _subtree(read, 0, size, size) if size else merkle.EMPTY_ROOT


def inclusion_proof(
    read: Read, index: int, size: int, *, width: int = 1, nodes: Nodes | None = None
) -> list[bytes]:
    """RFC 9162 §2.1.3.1: the proof that the entry at `index` is in the log of `size`. Raises BadLog.

    With `width` 256 it is the proof of the whole tile of leaves around `index`. For many proofs of one
    tree pass `nodes`, a cache that keeps computed hashes from one proof to the next.
    """
    nodes = {} if nodes is None else nodes
    if not 0 <= index < size:
        raise BadLog("bad-index", f"{index} of {size}")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > width:
        middle = start + merkle.largest_power_below(end - start)
        if index < middle:
            beside, end = (middle, end), middle
        else:
            beside, start = (start, middle), middle
        if beside not in nodes:
            nodes[beside] = _subtree(read, *beside, size)
        proof.append(nodes[beside])
    return proof[::-1]


def consistency_proof(read: Read, size1: int, size2: int) -> list[bytes]:
    """RFC 9162 §2.1.4.1: the proof that the log of `size2` begins with that of `size1`. Raises BadLog."""
    if not 0 < size1 <= size2:
        raise BadLog("bad-size", f"{size1} of {size2}")
    proof: list[bytes] = []
    start, end = 0, size2
    while end != size1:
        middle = start + merkle.largest_power_below(end - start)
        if size1 <= middle:
            proof.append(_subtree(read, middle, end, size2))
            end = middle
        else:
            proof.append(_subtree(read, start, middle, size2))
            start = middle
    if start:
        proof.append(_subtree(read, start, end, size2))
    return proof[::-1]


def check_continues(read: Read, earlier: State, later: State) -> None:
    """The log at `later`, by its tiles, begins as it did at `earlier`.

    Raises Unavailable, and BadLog: log-rolled-back (shorter), bad-tile (the tiles are not of `later`), log-forked.
    """
    if later.size < earlier.size:
        raise BadLog("log-rolled-back", f"{earlier.size} before, {later.size} now")
    if later.size == earlier.size and later.root != earlier.root:
        raise BadLog("log-forked", f"two trees of {later.size}")
    if root(read, later.size) != later.root:
        raise BadLog("bad-tile", "the tiles do not lead to the root")
    if not earlier.size:
        return
    proof = consistency_proof(read, earlier.size, later.size)
    try:
        merkle.verify_consistency(earlier.size, later.size, proof, earlier.root, later.root)
    except BadLog as error:
        raise BadLog("log-forked", f"{later.size} does not continue {earlier.size}") from error


def _number(number: int) -> str:
    """C2SP tlog-tiles: groups of three digits, all but the last with an x before them."""
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.append(f"x{number % 1000:03d}")
    return "/".join(reversed(groups))


def _subtree(read: Read, start: int, end: int, size: int) -> bytes:
    """The hash over the entries from `start` to `end`, one node of the tree of `size`."""
    count = end - start
    if count & (count - 1):
        middle = start + merkle.largest_power_below(count)
        return merkle.node_hash(_subtree(read, start, middle, size), _subtree(read, middle, end, size))
    height = count.bit_length() - 1
    level, above = divmod(height, HEIGHT)
    first = start >> HEIGHT * level
    tile = read_tile(read, level, first // WIDTH, size)
    at = first % WIDTH * HASH
    return merkle.root_of(hashes_in(tile[at : at + (HASH << above)]))
