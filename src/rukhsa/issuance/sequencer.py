"""The sequencer of each log: gives the waiting leaves their places and commits them with one checkpoint."""

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
    """The database does not know the published log: an older database was restored."""

    code = "log-rolled-back"


LOCK: Final = 0x6C6F67  # "log": the class of the advisory locks, one a log
# The clocks of two machines may differ by so much. More is a fault, and nothing is logged until it is corrected.
CLOCK_SKEW: Final = timedelta(minutes=5)
_TURNS: Final = tuple(Lock() for _ in range(16))


def add(authority: Authority, *, kind: str, entry: bytes, intent: Intent | None = None, at: datetime) -> None:
    """Record a leaf in the open transaction. It gets its place when the log is next integrated."""
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

    A process that waits for the lock may find that the one before it placed its leaf. A process that dies here leaves
    tiles that no checkpoint names, and the next one writes them again. Raises ClockWentBack, LogRolledBack, BadLog.
    """
    with locked(authority):
        if WaitingLeaf.objects.filter(authority=authority).exists():
            head = head_of(authority.code)
            require_whole(authority, head)
            moment = moment_after(state_of(head).at if head else None, at)
            gathered = signer().checkpoint(authority.code, at=moment)
            storage = site.log_tiles(authority.code)
            for path, tile in gathered.tiles.items():
                storage.write(path, tile)
            _record(authority, gathered.leaves, head.sequence + 1 if head else 0, gathered.state)
    publish(authority)


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
    """Publish the newest checkpoint, once it is committed and so will not be undone."""
    storage, head = site.log_tiles(authority.code), head_of(authority.code)
    # Another thread may have published it already, with cosignatures behind it.
    if head is None or (tlog.published(storage) or "").startswith(head.note):
        return
    with locked(authority):
        head = head_of(authority.code)
        require_whole(authority, head)
        if head:
            tlog.publish(storage, state_of(head))


@contextmanager
def turn(authority: Authority) -> Iterator[None]:
    """Let one thread of this process in at a time: cheaper than to wait for the lock of the database."""
    with _TURNS[authority.ordinal % len(_TURNS)]:
        yield


@contextmanager
def locked(authority: Authority) -> Iterator[None]:
    """A durable transaction that is alone with the authority's log."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, authority.ordinal])
        yield


def require_whole(authority: Authority, head: LogCheckpoint | None) -> None:
    """The published log is a state of ours. Readers would take any other one for a fork.

    Raises LogRolledBack, BadLog.
    """
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


def moment_after(previous: datetime | None, at: datetime) -> datetime:
    """The clock's moment `at`, or `previous` where the clock is slightly behind it. Raises ClockWentBack."""
    if previous is None or at >= previous:
        return at
    if previous - at > CLOCK_SKEW:
        raise ClockWentBack(
            f"{at:%Y-%m-%d %H:%M} is before what was last published, {previous:%Y-%m-%d %H:%M}"
        )
    return previous
