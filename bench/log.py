"""The log at 10^4 to 10^7 entries: what one more entry and one proof cost, in time, memory, files and statements.

Synthetic is what lies below: leaf hashes are a stream of SHAKE128 and stand for entries that were never written, and
only the last bundle of entries is there. Tiles, roots, checkpoints, the appended entry and the proofs are real.
"""

import hashlib
import random
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.figure import Figure
from bench.town import in_database, keep_a_copy, open_town, public_files_put_back
from rukhsa.trust import checkpoint, merkle, tiles, tlog, tlogproof
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.keys import Signer
from rukhsa.trust.tiles import HASH, WIDTH, FolderTiles

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
PROOFS = 50
APPENDS = 20
PROOF_LIMIT = 800  # bytes of hashes, at ten million entries
MEMORY_LIMIT = 1000.0  # kB, whatever the size


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What was measured at one size: milliseconds (medians), kB at most, files read, statements of SQL."""

    size: int
    append: float
    proof: float
    append_memory: float
    proof_memory: float
    append_files: int
    proof_files: int
    statements: int
    hashes: int  # bytes of the longest inclusion proof
    text: int  # bytes of its tlog-proof


def figures() -> Iterator[Figure]:
    """The largest log beside the smallest, and beside the limits."""
    open_town()
    keep_a_copy("bench_log")
    with in_database("bench_log"), public_files_put_back():
        costs = list(_costs())
    least, most = costs[0], costs[-1]
    at = f"at {most.size:,} synthetic entries"
    yield _beside(f"one entry more, {at}", most.append, least, least.append, "ms", 0.2)
    yield _beside(f"one proof, {at}", most.proof, least, least.proof, "ms", 0.2)
    yield _beside(
        f"files read for one entry more, {at}", most.append_files, least, least.append_files, "files", 0.4
    )
    yield _beside(f"files read for a proof, {at}", most.proof_files, least, least.proof_files, "files", 0.4)
    yield _beside(
        f"statements of the sequencer for one entry, {at}",
        most.statements,
        least,
        least.statements,
        "statements",
        1,
    )
    for name, ours in (("one entry more", most.append_memory), ("one proof", most.proof_memory)):
        yield Figure(
            name=f"memory of {name}, {at}", ours=ours, peer=MEMORY_LIMIT, wanted=1, unit="kB",
            less_is_better=True, other="limit",
        )  # fmt: skip
    yield Figure(
        name=f"the longest proof's hashes, {at} (its tlog-proof, base64 with the checkpoint: {most.text} bytes)",
        ours=most.hashes, peer=PROOF_LIMIT, wanted=1, unit="bytes", less_is_better=True, other="limit", digits=0,
    )  # fmt: skip


def _beside(name: str, ours: float, least: Cost, peer: float, unit: str, wanted: float) -> Figure:
    return Figure(
        name=name, ours=ours, peer=peer, wanted=wanted, unit=unit, less_is_better=True, digits=2,
        other=f"at {least.size:,}",
    )  # fmt: skip


def _costs() -> Iterator[Cost]:
    from rukhsa.issuance import key_index, site
    from rukhsa.issuance.signers import HeldKey

    folder = site.log_tiles("CAP").folder
    key = HeldKey(key=key_index.key_for("CAP", "log", at=datetime.now(UTC)))
    synthetic = Synthetic(folder=folder)
    for size in SIZES:
        started = time.perf_counter()
        state = synthetic.grow(size, origin=site.log_origin("CAP"), signer=key)
        built = time.perf_counter() - started
        cost = _measure(folder, state, key)
        print(
            f"log of {size:,} (built in {built:.1f} s): append {cost.append:.2f} ms, {cost.append_files} files,"
            f" {cost.append_memory:.0f} kB; proof {cost.proof:.2f} ms, {cost.proof_files} files,"
            f" {cost.proof_memory:.0f} kB, {cost.hashes} bytes of hashes, {cost.text} of text;"
            f" sequencer {cost.statements} statements",
            flush=True,
        )
        yield cost


@dataclass(kw_only=True)
class Synthetic:
    """A log whose leaf hashes are a known stream, written as tiles without waiting for the disk."""

    folder: Path
    tiles: int = 0
    rows: list[list[bytes]] = field(default_factory=lambda: [[]])  # above the leaves: each level's last tile

    def grow(self, size: int, *, origin: str, signer: Signer) -> Checkpoint:
        """The log at `size`, larger than before, under a signed checkpoint."""
        while (self.tiles + 1) * WIDTH <= size:
            leaves = _leaves(self.tiles)
            self._write(tiles.tile_path(0, self.tiles), leaves)
            self.tiles += 1
            self._add(0, merkle.root_of(tiles.hashes_in(leaves)))
        self._write_edges(size)
        root = tiles.root(FolderTiles(folder=self.folder).read, size)
        at = datetime.now(UTC).replace(microsecond=0)
        return checkpoint.sign(Checkpoint(origin=origin, size=size, root=root, at=at), signer)

    def _add(self, above: int, root: bytes) -> None:
        row = self.rows[above]
        row.append(root)
        if len(row) < WIDTH:
            return
        number = (self.tiles >> tiles.HEIGHT * (above + 1)) - 1
        self._write(tiles.tile_path(above + 1, number), b"".join(row))
        if above + 1 == len(self.rows):
            self.rows.append([])
        self._add(above + 1, merkle.root_of(row))
        row.clear()

    def _write_edges(self, size: int) -> None:
        if width := size % WIDTH:
            self._write(tiles.tile_path(0, self.tiles, width), _leaves(self.tiles)[: width * HASH])
            self._write(tiles.entries_path(self.tiles, width), b"\0\0" * width)
        for level, row in enumerate(self.rows, start=1):
            if row:
                number = (size >> tiles.HEIGHT * level) // WIDTH
                self._write(tiles.tile_path(level, number, len(row)), b"".join(row))

    def _write(self, path: str, data: bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def _leaves(number: int) -> bytes:
    return hashlib.shake_128(number.to_bytes(8)).digest(WIDTH * HASH)


@dataclass(kw_only=True)
class Counted:
    """Tiles that count what is read of them."""

    storage: FolderTiles
    reads: int = 0

    def read(self, path: str) -> bytes:
        self.reads += 1
        return self.storage.read(path)

    def write(self, path: str, data: bytes) -> None:
        self.storage.write(path, data)


def _measure(folder: Path, state: Checkpoint, key: Signer) -> Cost:
    storage, chance = FolderTiles(folder=folder), random.Random(state.size)
    entry = tlog.entry("file", b"one more")

    def append(to: tlog.Tiles = storage) -> object:
        return tlog.integrate(to, state, [entry], origin=state.origin, signer=key, at=state.at)

    def prove(to: tlog.Tiles = storage) -> str:
        return tlog.proof(to, chance.randrange(state.size), state)

    proofs = [_checked(prove(), state) for _ in range(PROOFS)]
    counted_append, counted_proof = Counted(storage=storage), Counted(storage=storage)
    append(counted_append)
    prove(counted_proof)
    return Cost(
        size=state.size,
        append=_median(append, APPENDS),
        proof=_median(prove, PROOFS),
        append_memory=_peak(append),
        proof_memory=_peak(prove),
        append_files=counted_append.reads,
        proof_files=counted_proof.reads,
        statements=_statements(state),
        hashes=max(HASH * len(tlogproof.read(text).hashes) for text in proofs),
        text=max(len(text.encode()) for text in proofs),
    )


def _checked(text: str, state: Checkpoint) -> str:
    proof = tlogproof.read(text)
    number, place = divmod(proof.index, WIDTH)
    leaf = tiles.hashes_in(_leaves(number))[place]
    merkle.verify_inclusion(leaf, proof.index, state.size, proof.hashes, state.root)
    return text


def _median(act: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return 1000 * statistics.median(taken)


def _peak(act: Callable[[], object]) -> float:
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1] / 1000
    finally:
        tracemalloc.stop()


def _statements(state: Checkpoint) -> int:
    """What the sequencer asks of the database to place one leaf after `state`, and to publish."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from rukhsa.authorities.models import Authority
    from rukhsa.issuance import sequencer, site
    from rukhsa.issuance.models import LogCheckpoint

    authority, at = Authority.objects.get(code="CAP"), datetime.now(UTC)
    last = LogCheckpoint.objects.filter(authority=authority).order_by("-sequence").first()
    sequence = last.sequence + 1 if last else 0
    LogCheckpoint.objects.create(
        authority=authority, sequence=sequence, size=state.size, note=state.note, at=state.at
    )
    tlog.publish(site.log_tiles("CAP"), state)
    sequencer.add(authority, kind="file", entry=tlog.entry("file", b"one more"), at=at)
    with CaptureQueriesContext(connection) as queries:
        sequencer.integrate(authority, at=at)
    return len(queries)
