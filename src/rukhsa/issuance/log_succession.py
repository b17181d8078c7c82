"""A log that cannot go on ends at its last published entry, and another goes on with all that it had.

Commits are lost for good: the published log is longer than the database can ever be. Its entries, all published, are
taken into the database, with nothing else known of them, so that places count on; the name is given up, since
the machine that was lost may come back and go on under it. The name of the successor holds from the trust list that
the root signs; until then the log of this authority stands still, and nothing else does.
"""

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, models
from django.db.models import Q

from rukhsa import agreement
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import Agreement, require_reason
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import TERRITORY, Scope
from rukhsa.issuance import sequencer, site
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.intent import Intent
from rukhsa.issuance.log import (
    LogCheckpoint,
    LogLeaf,
    LogPlace,
    LogSuccession,
    head_of,
    read_note,
    state_of,
)
from rukhsa.issuance.rebuilding import Rebuilt, rebuild
from rukhsa.issuance.status_list import INSTRUMENTS_A_LIST, Decoy, marked_places
from rukhsa.trust import cbor, statuslist, tiles, tlog
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.errors import BadCbor
from rukhsa.trust.reading import bundle, kind_of
from rukhsa.trust.tiles import WIDTH, TilesBeside

KIND: Final = "former-log"
A_WRITE: Final = 2000  # rows at a time


class LogGoesOn(IssuanceError):
    """The database knows the published log: it needs no successor."""

    code = "log-goes-on"


class EndMoved(IssuanceError):
    """The published log ends elsewhere than where the proposal says."""

    code = "end-moved"


class SuccessionProposal(Agreement):
    """What one operator asks for: the end of a log at its last published entry, which another operator approves."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    size = models.PositiveBigIntegerField()
    reason = models.TextField()

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.UniqueConstraint(
                fields=["authority"], condition=Q(state="proposed"), name="one_succession_waits_a_log"
            ),
        ]

    @property
    def scope(self) -> Scope:
        """Issuing is controlled for all authorities at once."""
        return TERRITORY


@dataclass(frozen=True, kw_only=True)
class Lost:
    """An entry of the published log that the database does not know: its place, kind and digest."""

    index: int
    kind: str
    digest: str  # SHA-256 in hexadecimal; of a seal, a file, a list


@dataclass(frozen=True, kw_only=True)
class End:
    """Where a published log ended, verified: its last checkpoint, how much the database knows, and the rest."""

    state: Checkpoint
    known: int
    entries: tuple[bytes, ...]  # from `known` on


def end_of(authority: Authority) -> End:
    """Read the published log and verify what the database does not know of it.

    1. A key of the log signed the checkpoint.
    2. The log begins as the database knows it.
    3. The published entries lead to the signed root.

    Raises LogMissing, LogGoesOn; BadLog: log-forked, bad-tile, tiles-do-not-match; Unavailable.
    """
    storage, head = site.log_tiles(authority.code), head_of(authority.code)
    if (note := tlog.published(storage)) is None:
        raise sequencer.LogMissing(
            f"no checkpoint of {authority.code} is published: bring its folder back, from a mirror or a backup"
        )
    state, known = read_note(note, authority.code), head.size if head else 0  # 1
    row = LogCheckpoint.objects.filter(authority=authority, size=state.size).first()
    if row and note.startswith(row.note):
        raise LogGoesOn(f"the database knows the published log of {authority.code}: nothing of it is lost")
    if head:
        tiles.check_continues(storage.read, state_of(head), state)  # 2
    entries = _entries(storage.read, known, state.size)
    tlog.complete(TilesBeside(under=storage), known, entries, state)  # 3
    return End(state=state, known=known, entries=tuple(entries))


def propose(end: End, authority: Authority, *, reason: str, actor: Actor, at: datetime) -> SuccessionProposal:
    """Propose to end a log where it ended in public. Raises NotPermitted, ReasonMissing, UnderWay."""
    proposal = SuccessionProposal(authority=authority, size=end.state.size, reason=require_reason(reason))
    return agreement.propose(proposal, permission=Permission.CONTROL_ISSUING, actor=actor, at=at)


def approve(proposal: SuccessionProposal, *, actor: Actor, at: datetime) -> LogSuccession:
    """End the log, as a second operator, in one transaction; then make the files of the successor with `build`.

    1. What was published is taken into the database: entries, their places, the last checkpoint.
    2. The next numbers and status lists begin above all that may have been given.
    3. Marks of the published status lists on unknown places stay.
    4. The successor's first own entry waits: the note of the log that ended.

    Raises NotPermitted, ProposedByYourself, NotToBeDecided, EndMoved, and as `end_of` does.
    """
    authority = proposal.authority
    with sequencer.locked(authority):
        agreement.approve(proposal, permission=Permission.CONTROL_ISSUING, actor=actor, at=at)
        end = end_of(authority)
        if end.state.size != proposal.size:
            raise EndMoved(f"it ends at {end.state.size}, and the proposal says {proposal.size}")
        note = _take_in(authority, end, at=at)  # 1
        first, lists_end = _skip_given()  # 2
        keep_marks(authority, at=at)  # 3
        sequencer.add(authority, kind=KIND, entry=tlog.entry(KIND, note.encode()), at=at)  # 4
        made = LogSuccession.objects.create(
            authority=authority,
            number=LogSuccession.objects.filter(authority=authority).count() + 2,
            size=end.state.size,
            known=end.known,
            note=note,
            first_list=first,
            lists_end=lists_end,
            at=at,
        )
        record("succeed-log", made, actor=actor, at=at, authority=authority.code, size=made.size)
    return made


def refuse(proposal: SuccessionProposal, reason: str, *, actor: Actor, at: datetime) -> SuccessionProposal:
    """Let the log stand as it is. Raises NotPermitted, ReasonMissing, NotToBeDecided."""
    return agreement.refuse(proposal, reason, permission=Permission.CONTROL_ISSUING, actor=actor, at=at)


def build(succession: LogSuccession) -> Rebuilt:
    """Make the files of the successor from the rows, before the trust list names it; again with one result.

    Raises BadLog.
    """
    _, address = site.named_log(succession.authority_id, succession.number)
    return rebuild(succession.authority, writes=True, into=site.files_at(address))


def waiting(authority: Authority) -> LogSuccession | None:
    """The last succession, where no published trust list names its log yet."""
    last = LogSuccession.objects.filter(authority=authority).order_by("-number").first()
    return last if last and last.number > len(site.former_logs(authority.code)) + 1 else None


def lost_of(end: End) -> Iterator[Lost]:
    """What the published log has beyond the database, for relying parties: digests alone, since the log has no more."""
    for index, entry in enumerate(end.entries, end.known):
        yield Lost(index=index, kind=kind_of(entry), digest=_digest(entry))


def lost_by(succession: LogSuccession) -> Iterator[Lost]:
    """The same of a log that was ended."""
    places = LogPlace.objects.filter(
        authority=succession.authority, index__gte=succession.known, index__lt=succession.size
    )
    for index, entry in places.order_by("index").values_list("index", "leaf__entry"):
        yield Lost(index=index, kind=kind_of(bytes(entry)), digest=_digest(bytes(entry)))


def contradictions(authority: Authority, *, at: datetime) -> dict[str, str]:
    """Numbers, and how they stand in the published status lists where the database says otherwise: lost acts."""
    found: dict[str, str] = {}
    for number in published_lists(authority):
        unknown = _unknown_marks(authority, number, at=at)
        places = Intent.objects.filter(authority=authority, status_list=number, status_index__in=unknown)
        for name, place in places.values_list("number", "status_index"):
            found[name] = statuslist.NAMES[unknown[place]]
    return found


def keep_marks(authority: Authority, *, at: datetime) -> None:
    """Keep each mark of the published status lists on a place that the database gave to no one.

    It was a decoy, or the place of a document that is lost and was revoked or suspended: it stays refused.
    """
    for number in published_lists(authority):
        # The place of a known instrument is passed over where the list is made: its facts count.
        Decoy.objects.bulk_create(
            [
                Decoy(authority=authority, status_list=number, status_index=index, status=status, at=at)
                for index, status in _unknown_marks(authority, number, at=at).items()
            ],
            ignore_conflicts=True,
            batch_size=A_WRITE,
        )


def published_lists(authority: Authority) -> list[int]:
    """The numbers of an authority's status lists that are published."""
    names = site.files_at(site.status_folder(authority.code)).names()
    return sorted(int(each.removesuffix(".cwt")) for each in names if each.endswith(".cwt"))


def counted(lost: list[Lost]) -> dict[str, int]:
    """How many entries of each kind."""
    return dict(sorted(Counter(each.kind for each in lost).items()))


def _entries(read: tiles.Read, start: int, size: int) -> list[bytes]:
    found: list[bytes] = []
    for number in range(start // WIDTH, -(-size // WIDTH)):
        found += bundle(read, number, size)
    return found[start % WIDTH :]


def _digest(entry: bytes) -> str:
    try:
        value = cbor.read(entry)
    except BadCbor:
        return ""
    digest = value[1] if isinstance(value, list) and len(value) > 1 else b""
    return digest.hex() if isinstance(digest, bytes) else ""


def _take_in(authority: Authority, end: End, *, at: datetime) -> str:
    """Record the entries and the last checkpoint as they were published; its note, with the log's signature alone."""
    head = head_of(authority.code)
    body, signatures = end.state.note.rpartition("\n\n")[::2]
    lines = [each for each in signatures.splitlines() if each.startswith(f"— {end.state.origin} ")]
    note = f"{body}\n\n" + "".join(f"{each}\n" for each in lines)
    row = LogCheckpoint.objects.create(
        authority=authority,
        sequence=head.sequence + 1 if head else 0,
        size=end.state.size,
        note=note,
        at=end.state.at,
    )
    leaves = LogLeaf.objects.bulk_create(
        [
            LogLeaf(authority=authority, kind=kind_of(each), entry=each, at=end.state.at)
            for each in end.entries
        ],
        batch_size=A_WRITE,
    )
    LogPlace.objects.bulk_create(
        [
            LogPlace(leaf=leaf, authority=authority, index=index, checkpoint=row)
            for index, leaf in enumerate(leaves, end.known)
        ],
        batch_size=A_WRITE,
    )
    return note


def _skip_given() -> tuple[int, int]:
    """Let the numbers go on with a new status list; the first list that may hold unknown places, and the one after all.

    No document is released before its status list is published, and the list follows from the number. So what was
    given out is of a list that is published, by any authority, or of the one that the sequence has reached.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM issuance_number")
        reached = int(cursor.fetchone()[0])
        shown = [each for authority in Authority.objects.all() for each in published_lists(authority)]
        first = reached // INSTRUMENTS_A_LIST
        lists_end = max([first, *shown]) + 1
        # Not undone if the transaction fails: then some numbers are never given, and none twice.
        cursor.execute("SELECT setval('issuance_number', %s, false)", [lists_end * INSTRUMENTS_A_LIST])
    return first, lists_end


def _unknown_marks(authority: Authority, number: int, *, at: datetime) -> dict[int, int]:
    """The places that a published list marks and the database would not."""
    uri = site.status_address(authority.code, number)
    read = statuslist.read(
        site.files().read(site.name_of(uri)), uri=uri, keys=site.keys_of(authority.code, "status")
    )
    known = marked_places(authority.code, number, at=at)
    return {place: status for place, status in _marks(read.statuses) if place not in known}


def _marks(statuses: bytes) -> Iterator[tuple[int, int]]:
    """The places of a list that are not valid, and their statuses."""
    per_byte = 8 // statuslist.BITS
    for at, byte in enumerate(statuses):
        for place in range(at * per_byte, (at + 1) * per_byte) if byte else ():
            if status := statuslist.get(statuses, place):
                yield place, status
