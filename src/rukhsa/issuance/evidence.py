"""What an intent proves: its claims, its seal with the place in the log, and the proof of that place."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef

from rukhsa.authorities.models import Authority
from rukhsa.catalogue.territory import territory
from rukhsa.issuance import published, site
from rukhsa.issuance.models import (
    Cosignature,
    Intent,
    LogCheckpoint,
    LogLeaf,
    LogPlace,
    Sealing,
    WaitingLeaf,
)
from rukhsa.trust import checkpoint, cosignature, seal, tlog
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.errors import BadLog
from rukhsa.trust.seal import Claims
from rukhsa.trust.tiles import FolderTiles, Nodes


def claims_of(intent: Intent, *, issued_at: datetime) -> Claims:
    """What the seal of an intent says."""
    return Claims(
        instrument=intent.number,
        version=intent.version,
        issued_at=int(issued_at.timestamp()),
        expires_at=_expires_at(intent),
        status_index=intent.status_index,
        status_uri=site.status_address(intent.authority_id, intent.status_list),
        facts={int(key): fact for key, fact in intent.facts.items()},
    )


def seal_of(sealing: Sealing, *, log_index: int | None) -> bytes:
    """The bytes of a seal, read back strictly before they are given out."""
    claims = claims_of(sealing.intent, issued_at=sealing.issued_at)
    return seal.assemble(claims, bytes.fromhex(sealing.kid), bytes.fromhex(sealing.signature), log_index)


def leaf_entry(sealing: Sealing) -> bytes:
    """The seal's entry in the log."""
    return seal.leaf_entry(seal.read(seal_of(sealing, log_index=None)))


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
    """The proofs of places; of many that one checkpoint covers, it is read once."""
    rows = {place.checkpoint_id: place.checkpoint for place in places}
    states = {pk: state_of(row) for pk, row in rows.items()}
    tiles = {code: site.log_tiles(code) for code in {place.authority_id for place in places}}
    return [
        _proof(tiles[place.authority_id], place.index, state, state.note)
        for place in places
        for state in (states[place.checkpoint_id],)
    ]


def state_of(row: LogCheckpoint) -> Checkpoint:
    """The checkpoint of a row, believed because one of the authority's log keys signed it. Raises BadLog."""
    return believed(row.note, row.authority_id)


def head_of(authority: str) -> LogCheckpoint | None:
    """The last committed checkpoint of an authority's log."""
    return LogCheckpoint.objects.filter(authority=authority).order_by("-sequence").first()


def waiting_of(authority: str, limit: int) -> list[LogLeaf]:
    """The first leaves that have no place in the log yet, in the order in which they were recorded."""
    waiting = WaitingLeaf.objects.filter(authority=authority).select_related("leaf").order_by("leaf")
    return [each.leaf for each in waiting[:limit]]


def cosigned(row: LogCheckpoint) -> Checkpoint:
    """The checkpoint of a row with the lines of its witnesses behind its own. Raises BadLog."""
    lines = row.cosignatures.order_by("pk").values_list("line", flat=True)
    return believed(row.note + "".join(lines), row.authority_id)


def witnessed(authority: Authority) -> Checkpoint | None:
    """The newest checkpoint that a quorum of our witnesses cosigned; None where there is none to be shown.

    One behind the last hundred that anybody cosigned was published long ago and stands where it was.
    """
    wanted = settings.RUKHSA_WITNESSES
    kids = {cosignature.read_verifier_key(key)[1].kid.hex() for key, _ in wanted.named}
    by_ours = Cosignature.objects.filter(checkpoint=OuterRef("pk"), witness__in=kids)
    rows = LogCheckpoint.objects.filter(Exists(by_ours), authority=authority).order_by("-sequence")
    for row in rows.prefetch_related("cosignatures")[:100]:
        if len(kids & {each.witness for each in row.cosignatures.all()}) >= wanted.quorum:
            return cosigned(row)
    return None


def believed(note: str, authority: str) -> Checkpoint:
    """A checkpoint's note, read with every log key that the authority ever had. Raises BadLog."""
    kids = tuple(key.kid for key in published.log_keys(site.authority(authority).id))
    return _believed(note, authority, kids)


@lru_cache(maxsize=256)
def _believed(note: str, authority: str, kids: tuple[bytes, ...]) -> Checkpoint:
    # Kept, since many documents stand under one checkpoint: the same note under the same keys says the same.
    refusal = BadLog("bad-checkpoint", "the published trust list has no log key of the authority")
    for key in published.log_keys(site.authority(authority).id):
        try:
            return checkpoint.read(note, origin=site.log_origin(authority), key=key)
        except BadLog as error:
            refusal = error
    raise refusal


@lru_cache(maxsize=1024)
def _proof(tiles: FolderTiles, index: int, state: Checkpoint, note: str) -> str:
    # Kept, since every step of the cycle asks for it again; two states may be equal and their notes differ.
    return tlog.proof(tiles, index, state, nodes=_nodes(tiles, state, note))


@lru_cache(maxsize=64)
def _nodes(tiles: FolderTiles, state: Checkpoint, note: str) -> Nodes:
    # Many documents stand under one checkpoint: what one proof reads of its tree, the next one needs again.
    return {}


def _expires_at(intent: Intent) -> int | None:
    """The first second after the last day, where the instrument holds."""
    if intent.valid_until is None:
        return None
    _, end = territory().bounds(intent.valid_until)
    return int(end.timestamp())
