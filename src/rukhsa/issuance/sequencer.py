"""The sequencer of each log: gives the waiting leaves their places and commits them with one checkpoint.

Nothing is written to the public folder that is not committed. What is written there follows from committed rows alone
and never replaces anything later, so a process that lost its lock, or slept for an hour, can do no harm.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from django.db import connection, models, transaction
from django.db.models.expressions import RawSQL

from rukhsa.authorities.models import Authority
from rukhsa.issuance import clock, site
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.intent import Intent
from rukhsa.issuance.log import (
    LogCheckpoint,
    LogLeaf,
    LogPlace,
    WaitingLeaf,
    read_note,
    size_of,
    state_of,
)
from rukhsa.issuance.signers import signer
from rukhsa.trust import checkpoint, tlog
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.errors import Unavailable


class ClockWentBack(IssuanceError):
    """The clock stands before the last checkpoint of the log."""

    code = "clock-went-back"


class LogRolledBack(IssuanceError):
    """The database does not know the published log: an older database was restored."""

    code = "log-rolled-back"


class LogEnded(IssuanceError):
    """The log has ended, and the published trust list does not name its successor yet."""

    code = "log-ended"


class LogMissing(IssuanceError):
    """The database has a log, and no checkpoint of it is published: the public folder is another, or was emptied."""

    code = "log-missing"


LOCK: Final = 0x6C6F67  # "log": the class of the advisory locks, one a log
# The clocks of two machines may differ by so much. More is a fault, and nothing is logged until it is corrected.
CLOCK_SKEW: Final = timedelta(minutes=5)
A_READ: Final = 500  # checkpoints at a time
# Whether the log ended at a checkpoint. Asked four times for each document, and written out: Django needs longer to
# write it than for the rest of the statement.
_ENDS: Final = RawSQL(
    "EXISTS (SELECT FROM issuance_logsuccession AS ended WHERE ended.size = issuance_logcheckpoint.size"
    " AND ended.authority_id = issuance_logcheckpoint.authority_id)",
    (),
    output_field=models.BooleanField(),
)
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
    a committed checkpoint without its tiles, which the next one writes.
    Raises ClockWentBack, ClockDiffers, LogRolledBack, LogMissing, BadLog.
    """
    with locked(authority):
        if WaitingLeaf.objects.filter(authority=authority).exists():
            head = publish(authority)
            moment = moment_after(state_of(head).at if head else None, at)
            gathered = signer().checkpoint(authority.code, at=moment)
            _record(authority, gathered.leaves, head.sequence + 1 if head else 0, gathered.state)
    publish(authority)


def _record(authority: Authority, leaves: Sequence[int], sequence: int, state: Checkpoint) -> None:
    # The compare-and-swap: a second sequencer with the same predecessor breaks one_next_checkpoint.
    row = LogCheckpoint.objects.create(
        authority=authority, sequence=sequence, size=state.size, note=state.note, at=state.at
    )
    start = state.size - len(leaves)
    LogPlace.objects.bulk_create(
        LogPlace(leaf_id=leaf, authority=authority, index=start + offset, checkpoint=row)
        for offset, leaf in enumerate(leaves)
    )
    WaitingLeaf.objects.filter(leaf__in=leaves).delete()


def publish(authority: Authority) -> LogCheckpoint | None:
    """Write the tiles of the committed checkpoints that are not published yet, and publish the newest; return it.

    Any process may do this at any time, without a lock. Raises LogRolledBack, LogMissing, LogEnded, BadLog.
    """
    storage, former = site.log_tiles(authority.code), site.former_logs(authority.code)
    note = tlog.published(storage)
    begins = former[-1].size if former else 0
    shown = read_note(note, authority.code).size if note else begins
    found = LogCheckpoint.objects.filter(authority=authority, size__gte=shown).annotate(ends=_ENDS)
    rows = list(found.order_by("sequence")[:A_READ])
    there_is_more = len(rows) == A_READ
    known = rows.pop(0) if shown and rows else None
    if shown and (known is None or not (note or known.note).startswith(known.note)):
        raise _rolled_back(authority.code, shown, size_of(authority.code))
    if any(row.ends and row.size > begins for row in (known, *rows) if row):
        raise LogEnded(f"the log of {authority.code} goes on once a trust list names its successor")
    if not note and rows and rows[-1].sequence > (known.sequence + 1 if known else 0):
        raise LogMissing(
            f"{authority.code} has {rows[-1].size} entries and none is published:"
            " restore public/log, or make it again with `rukhsa log rebuild`"
        )
    for state, entries in _unpublished(authority, shown, rows):
        full = tlog.complete(storage, state.size - len(entries), entries, state)
        tlog.publish(storage, state)
        for path in full:
            storage.prune(path)
    return publish(authority) if there_is_more else rows[-1] if rows else known


def _unpublished(
    authority: Authority, shown: int, rows: Sequence[LogCheckpoint]
) -> Iterator[tuple[Checkpoint, list[bytes]]]:
    """Each of these checkpoints with the entries that it added."""
    if not rows:
        return
    placed = LogPlace.objects.filter(authority=authority, index__gte=shown, index__lt=rows[-1].size)
    entries = [bytes(each) for each in placed.order_by("index").values_list("leaf__entry", flat=True)]
    for row in rows:
        added, entries = entries[: row.size - shown], entries[row.size - shown :]
        shown = row.size
        yield state_of(row), added


@contextmanager
def turn(authority: Authority) -> Iterator[None]:
    """Let one thread of this process in at a time: cheaper than to wait for the lock of the database."""
    with _TURNS[authority.ordinal % len(_TURNS)]:
        yield


@contextmanager
def locked(authority: Authority) -> Iterator[None]:
    """A durable transaction that is alone with the authority's log, on a machine whose clock is right."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            # The time is asked for in the same statement, once the lock is there.
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, %s), clock_timestamp()", [LOCK, authority.ordinal]
            )
            clock.require_same(cursor.fetchone()[1])
        yield


def require_not_behind(authority: str, known: int, shown: int) -> None:
    """Raise LogRolledBack where a published log is longer than the database knows.

    Then nothing is given out and no list is signed: numbers and places may have been given, and what was revoked may
    be forgotten. `shown` is what `shown_size` gave before `known` was read.
    """
    if shown > known:
        raise _rolled_back(authority, shown, known)


def shown_size(authority: str) -> int:
    """How many entries the published log of an authority says that it has; no signature is verified."""
    try:
        note = site.recent(site.name_of(site.log_address(authority)) + tlog.CHECKPOINT_PATH)
    except Unavailable as error:
        if not error.is_missing:
            raise
        return 0
    return checkpoint.said(note.decode("utf-8", "replace")).size


def require_known(authority: Authority, note: str) -> None:
    """Raise LogRolledBack if a published checkpoint is none of ours."""
    shown = read_note(note, authority.code).size
    known = LogCheckpoint.objects.filter(authority=authority, size=shown).first()
    if known is None or not note.startswith(known.note):
        raise _rolled_back(authority.code, shown, size_of(authority.code))


def _rolled_back(authority: str, shown: int, known: int) -> LogRolledBack:
    # Readers would take what follows for a fork.
    return LogRolledBack(
        f"the database does not know the published log of {authority} with {shown} entries,"
        f" but one with {known}: restore the newer database; if it is lost for good, `rukhsa log succeed --help`"
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
