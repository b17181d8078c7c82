"""Rebuilding a log: every tile and checkpoint again from the rows, and the proof that it is what was published."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rukhsa.authorities.models import Authority
from rukhsa.issuance import sequencer, site
from rukhsa.issuance.log import LogCheckpoint, LogPlace, head_of, state_of
from rukhsa.trust import tlog
from rukhsa.trust.errors import BadLog
from rukhsa.trust.growth import Growth
from rukhsa.trust.tiles import SharedTiles, held

A_READ: Final = 4096  # rows at a time


@dataclass(kw_only=True)
class Rebuilt:
    """What rebuilding a log found: files that were there and right, missing ones, and ones with other bytes."""

    authority: str
    entries: int = 0
    checkpoints: int = 0
    equal: int = 0
    missing: int = 0
    other: int = 0
    pruned: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether every file was there, and right."""
        return not self.missing and not self.other


def rebuild(authority: Authority, *, writes: bool, into: SharedTiles | None = None) -> Rebuilt:
    """Make a log again from its rows and compare it with its files; with `writes`, put right what differs.

    `into` is another place than that of the log, where no checkpoint is shown: that of a successor to be.

    1. What is published is a checkpoint of ours, so that nothing that readers saw is replaced by another history.
    2. The entries lead to the root of every committed checkpoint, and each is signed by a key of the log.
    3. Each full tile, and the partial ones of every checkpoint that no full tile covers, has these bytes.

    It holds no lock: what it writes follows from committed rows. Raises LogRolledBack, BadLog.
    """
    storage, head = into or site.log_tiles(authority.code), head_of(authority.code)
    made = Rebuilt(authority=authority.code)
    _require_ours(authority, storage)  # 1
    if head is None:
        return made
    growth, entries = Growth(), _entries(authority, head.size)
    for row in _checkpoints(authority, head.sequence):
        while growth.size < row.size:
            for path, tile in growth.append(next(entries)):
                _compare(storage, path, tile, made, writes=writes)  # 3
                made.pruned += storage.prune(path) if writes else 0
        if growth.root() != state_of(row).root:  # 2
            raise BadLog("rows-do-not-match", f"the entries of {authority.code} do not lead to {row.size}")
        for path, tile in growth.edge(head.size):
            _compare(storage, path, tile, made, writes=writes)
        made.checkpoints += 1
    made.entries = growth.size
    # A successor shows nothing before its own first checkpoint.
    if writes and not into and state_of(head).origin == site.log_origin(authority.code):
        tlog.publish(storage, state_of(head))
    return made


def _require_ours(authority: Authority, storage: SharedTiles) -> None:
    for path in (tlog.CHECKPOINT_PATH, tlog.WITNESSED_PATH):
        if note := tlog.published(storage, path):
            sequencer.require_known(authority, note)


def _compare(storage: SharedTiles, path: str, tile: bytes, made: Rebuilt, *, writes: bool) -> None:
    there = held(storage, path)
    if there == tile:
        made.equal += 1
        return
    if there is None:
        made.missing += 1
    else:
        made.other += 1
    if writes:
        storage.write(path, tile)


def _checkpoints(authority: Authority, last: int) -> Iterator[LogCheckpoint]:
    for start in range(0, last + 1, A_READ):
        rows = LogCheckpoint.objects.filter(authority=authority, sequence__gte=start, sequence__lte=last)
        yield from rows.order_by("sequence")[:A_READ]


def _entries(authority: Authority, size: int) -> Iterator[bytes]:
    for start in range(0, size, A_READ):
        placed = LogPlace.objects.filter(
            authority=authority, index__gte=start, index__lt=min(start + A_READ, size)
        )
        yield from _in_order(start, placed.order_by("index").values_list("index", "leaf__entry"))
    raise BadLog("rows-do-not-match", "a checkpoint covers more entries than there are")


def _in_order(start: int, rows: Iterable[tuple[int, bytes | memoryview]]) -> Iterator[bytes]:
    for expected, (index, entry) in enumerate(rows, start):
        if index != expected:
            raise BadLog("rows-do-not-match", f"the entry at {expected} is missing")
        yield bytes(entry)
