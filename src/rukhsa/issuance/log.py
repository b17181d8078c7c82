"""An authority's log: its leaves and checkpoints, where leaves stand in it, and the proofs of that."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db import models

from rukhsa.authorities.models import Authority
from rukhsa.issuance import site
from rukhsa.issuance.intent import Intent, seal_of
from rukhsa.objects import Store
from rukhsa.trust import checkpoint, tlog
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.errors import BadLog
from rukhsa.trust.tiles import Nodes


class LogLeaf(models.Model):
    """An entry of the log, recorded with what it is about; it stands in the log once it has a place."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", db_index=False)
    intent = models.ForeignKey(Intent, models.PROTECT, null=True, related_name="leaves", db_index=False)
    kind = models.CharField(max_length=20)  # such as seal; docs/formats/log.md has them all
    entry = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["intent", "kind"], name="one_leaf_of_a_kind")]


class WaitingLeaf(models.Model):
    """A leaf that has no place in its log yet: the queue of the sequencer, whose rows are deleted."""

    leaf = models.OneToOneField(LogLeaf, models.PROTECT, primary_key=True, related_name="waiting")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")


class LogCheckpoint(models.Model):
    """A state of an authority's log. The next one has the next number, and a second one with it is refused."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", db_index=False)
    sequence = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "sequence"], name="one_next_checkpoint"),
            models.UniqueConstraint(fields=["authority", "size"], name="log_only_grows"),
        ]


class LogSuccession(models.Model):
    """The end of a log at its last published entry. Another goes on with all that it had, and takes its name from here.

    Places count on: the successor's first own entry has the place `size`.
    """

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField()  # of the successor: 2 for the first one
    size = models.PositiveBigIntegerField()
    known = (
        models.PositiveBigIntegerField()
    )  # the database had so many; the entries from there are of what was lost
    note = models.TextField()  # the last one of the log that ended
    # Status lists that may hold places of documents that were lost; the last one is excluded.
    first_list = models.PositiveIntegerField()
    lists_end = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "number"], name="one_next_log"),
            models.UniqueConstraint(fields=["authority", "size"], name="one_end_a_size"),
        ]


class Cosignature(models.Model):
    """A witness's line under a checkpoint: it saw the checkpoint, and the log had only grown."""

    checkpoint = models.ForeignKey(LogCheckpoint, models.PROTECT, related_name="cosignatures")
    witness = models.CharField(max_length=16)  # the kid of its key, in hexadecimal
    line = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "witness"], name="one_cosignature_a_witness")
        ]


class LogPlace(models.Model):
    """Where a leaf stands in its log, and the first checkpoint that covers it."""

    leaf = models.OneToOneField(LogLeaf, models.PROTECT, related_name="place")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", db_index=False)
    index = models.PositiveBigIntegerField()
    checkpoint = models.ForeignKey(LogCheckpoint, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "index"], name="one_leaf_a_place")]


def place_of(intent: Intent, kind: str) -> LogPlace | None:
    """Where an intent's leaf of a kind stands in the log; None while it waits."""
    return places_of([intent.pk], kind).get(intent.pk)


def places_of(intents: Sequence[UUID], kind: str) -> dict[UUID, LogPlace]:
    """Where the leaves of a kind stand in the log, by their intents; those that wait are left out."""
    places = LogPlace.objects.select_related("leaf", "checkpoint")
    found = {
        place.leaf.intent_id: place for place in places.filter(leaf__intent__in=intents, leaf__kind=kind)
    }
    return {intent: found[intent] for intent in intents if intent in found}


def seal_bytes_of(intent: Intent) -> bytes | None:
    """The seal of an intent that is in the log; None before that."""
    place = place_of(intent, "seal")
    return seal_of(intent.sealing, log_index=place.index) if place else None


def proof_of(place: LogPlace) -> str:
    """The proof of a place, by the first checkpoint that covers it: the same text every time."""
    (proof,) = proofs_of([place])
    return proof


def proofs_of(places: Sequence[LogPlace]) -> list[str]:
    """The proofs of places. A checkpoint that covers many of them is read once."""
    rows = {place.checkpoint_id: place.checkpoint for place in places}
    states = {pk: state_of(row) for pk, row in rows.items()}
    tiles = {code: site.log_tiles(code) for code in {place.authority_id for place in places}}
    return [
        _proof(tiles[place.authority_id], place.index, state, state.note)
        for place in places
        for state in (states[place.checkpoint_id],)
    ]


def state_of(row: LogCheckpoint) -> Checkpoint:
    """The checkpoint of a row, verified with the authority's log keys. Raises BadLog."""
    return read_note(row.note, row.authority_id)


def head_of(authority: str) -> LogCheckpoint | None:
    """The last committed checkpoint of an authority's log."""
    return LogCheckpoint.objects.filter(authority=authority).order_by("-sequence").first()


def size_of(authority: str) -> int:
    """How many entries of an authority's log the database knows."""
    rows = LogCheckpoint.objects.filter(authority=authority).order_by("-sequence")
    return rows.values_list("size", flat=True).first() or 0


def size_at(authority: str, moment: datetime) -> int:
    """How many entries the last checkpoint of an authority's log covered at a moment."""
    earlier = LogCheckpoint.objects.filter(authority=authority, at__lte=moment)
    return earlier.order_by("-sequence").values_list("size", flat=True).first() or 0


def waiting_of(authority: str, limit: int) -> list[LogLeaf]:
    """The first leaves that have no place in the log yet, in the order in which they were recorded."""
    waiting = WaitingLeaf.objects.filter(authority=authority).select_related("leaf").order_by("leaf")
    return [each.leaf for each in waiting[:limit]]


def read_note(note: str, authority: str) -> Checkpoint:
    """A checkpoint of the log or of one that ended, verified with every log key that the authority ever had.

    Raises BadLog.
    """
    kids = tuple(key.kid for key in site.keys_of(authority, "log"))
    origins = (site.log_origin(authority), *(each.origin for each in site.former_logs(authority)))
    return _read_note(note, authority, kids, origins)


@lru_cache(maxsize=256)
def _read_note(note: str, authority: str, kids: tuple[bytes, ...], origins: tuple[str, ...]) -> Checkpoint:
    # Cached, since one checkpoint covers many documents.
    refusal = BadLog("bad-checkpoint", "the published trust list has no log key of the authority")
    origin = next((each for each in origins if note.startswith(f"{each}\n")), origins[0])
    for key in site.keys_of(authority, "log"):
        try:
            return checkpoint.read(note, origin=origin, key=key)
        except BadLog as error:
            refusal = error
    raise refusal


@lru_cache(maxsize=1024)
def _proof(tiles: Store, index: int, state: Checkpoint, note: str) -> str:
    # Cached, since every step of the cycle asks again. The note is a key too: equal states may have different notes.
    return tlog.proof(tiles, index, state, nodes=_nodes(tiles, state, note))


@lru_cache(maxsize=64)
def _nodes(tiles: Store, state: Checkpoint, note: str) -> Nodes:
    # What one proof reads of a checkpoint's tree, the next one needs again.
    return {}
