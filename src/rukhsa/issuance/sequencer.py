"""The one sequencer of each log: it gathers the leaves that wait, and commits them with one checkpoint."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from django.db import connection, transaction

from rukhsa.authorities.models import Authority
from rukhsa.issuance import site
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.intent import Intent
from rukhsa.issuance.log import LogCheckpoint, LogLeaf, LogPlace, WaitingLeaf, head_of, read_note, state_of
from rukhsa.issuance.signers import signer
from rukhsa.trust import tlog
from rukhsa.trust.checkpoint import Checkpoint


class ClockWentBack(IssuanceError):
    """The clock stands before the last checkpoint of the log."""

    code = "clock-went-back"


class LogRolledBack(IssuanceError):
    """The published log is longer than the database knows: an older database was put beside it."""

    code = "log-rolled-back"


LOCK: Final = 0x6C6F67  # "log": the class of the advisory locks, one a log
# Two machines' clocks may differ by so much; more is a fault, and nothing is logged before it is found.
CLOCK_SKEW: Final = timedelta(minutes=5)
_TURNS: Final = tuple(Lock() for _ in range(16))


def add(authority: Authority, *, kind: str, entry: bytes, intent: Intent | None = None, at: datetime) -> None:
    """Record a leaf in the transaction that is open; it gets its place when the log is next integrated."""
    leaf = LogLeaf.objects.create(authority=authority, intent=intent, kind=kind, entry=entry, at=at)
    WaitingLeaf.objects.create(leaf=leaf, authority=authority)


def add_of(entries: Mapping[Intent, bytes], *, kind: str, at: datetime) -> None:
    """Record a leaf of each intent, as `add` does."""
    leaves = LogLeaf.objects.bulk_create(
        LogLeaf(authority_id=intent.authority_id, intent=intent, kind=kind, entry=entry, at=at)
        for intent, entry in entries.items()
    )
    WaitingLeaf.objects.bulk_create(WaitingLeaf(leaf=leaf, authority_id=leaf.authority_id) for leaf in leaves)


def integrate(authority: Authority, *, at: datetime) -> None:
    """Give every waiting leaf of a log its place, and publish the checkpoint that covers them.

    Whoever waits for the lock meanwhile finds its leaf placed by the one that held it. A process that dies here
    leaves tiles that no checkpoint names, and the next one writes them anew. Raises ClockWentBack, LogRolledBack,
    BadLog.
    """
    _gather(authority, at)
    publish(authority)


@contextmanager
def turn(authority: Authority) -> Iterator[None]:
    """Alone among the threads of this process: cheaper than to wait for the lock of the database one by one."""
    with _TURNS[authority.ordinal % len(_TURNS)]:
        yield


@transaction.atomic(durable=True)
def _gather(authority: Authority, at: datetime) -> None:
    with locked(authority):
        if not WaitingLeaf.objects.filter(authority=authority).exists():
            return
        head = head_of(authority.code)
        require_whole(authority, head)
        previous = state_of(head) if head else None
        gathered = signer().checkpoint(authority.code, at=moment_after(previous.at if previous else None, at))
        storage = site.log_tiles(authority.code)
        for path, tile in gathered.tiles.items():
            storage.write(path, tile)
        _record(authority, gathered.leaves, head.sequence + 1 if head else 0, gathered.state)


def _record(authority: Authority, leaves: Sequence[int], sequence: int, state: Checkpoint) -> None:
    # The compare-and-swap: a second sequencer with the same predecessor breaks one_next_checkpoint.
    checkpoint = LogCheckpoint.objects.create(
        authority=authority, sequence=sequence, size=state.size, note=state.note, at=state.at
    )
    start = state.size - len(leaves)
    LogPlace.objects.bulk_create(
        LogPlace(leaf_id=leaf, authority=authority, index=start + offset, checkpoint=checkpoint)
        for offset, leaf in enumerate(leaves)
    )
    WaitingLeaf.objects.filter(leaf__in=leaves).delete()


def publish(authority: Authority) -> None:
    """Put the newest committed checkpoint where readers fetch it; never one that might yet be undone."""
    # Of those that waited together the first has published for all; cosignatures may stand behind it by now.
    note = _head_note(authority)
    if note and not (tlog.published(site.log_tiles(authority.code)) or "").startswith(note):
        _publish_head(authority)


@transaction.atomic(durable=True)
def _publish_head(authority: Authority) -> None:
    with locked(authority):
        head = head_of(authority.code)
        require_whole(authority, head)
        if head:
            tlog.publish(site.log_tiles(authority.code), state_of(head))


def require_whole(authority: Authority, head: LogCheckpoint | None) -> None:
    """Readers remember what they saw: a shorter or another log after it is a fork. Raises LogRolledBack, BadLog."""
    note = tlog.published(site.log_tiles(authority.code))
    if note is None or (head and note.startswith(head.note)):
        return
    shown = read_note(note, authority.code).size
    known = LogCheckpoint.objects.filter(authority=authority, size=shown).first()
    if known is None or not note.startswith(known.note):
        raise LogRolledBack(
            f"the database does not know the published log of {authority.code} with {shown} entries,"
            f" but one with {head.size if head else 0}: restore the newer database; see docs/operating/backup.md"
        )


def _head_note(authority: Authority) -> str | None:
    notes = LogCheckpoint.objects.filter(authority=authority).order_by("-sequence")
    return notes.values_list("note", flat=True).first()


def moment_after(previous: datetime | None, at: datetime) -> datetime:
    """The moment of what follows `previous` when the clock says `at`: never before it. Raises ClockWentBack."""
    if previous is None or at >= previous:
        return at
    if previous - at > CLOCK_SKEW:
        raise ClockWentBack(
            f"{at:%Y-%m-%d %H:%M} is before what was last published, {previous:%Y-%m-%d %H:%M}"
        )
    return previous


@contextmanager
def locked(authority: Authority) -> Iterator[None]:
    """Alone with this log until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, authority.ordinal])
    yield
