"""The content of status lists: the places of instruments, how they stand, and the decoys among them.

Anyone who keeps every list sees which places changed between two of them. With each change of an instrument about as
many decoys appear in the same list, at random places and with statuses as often as the true ones have them. So a
reader can tell neither how many instruments were revoked nor which of the changed places is one.
"""

import secrets
from collections.abc import Container, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, models
from django.db.models import Exists, OuterRef, Q, Value

from rukhsa.authorities.models import Authority
from rukhsa.issuance.instrument import (
    Closure,
    Instrument,
    Reinstatement,
    Revocation,
    Status,
    Suspension,
    ending_facts,
)
from rukhsa.issuance.intent import Intent
from rukhsa.issuance.log import LogSuccession
from rukhsa.trust import statuslist
from rukhsa.trust.statuslist import REVOKED, SHARD, SUPERSEDED, SUSPENDED

# Half of a list's places are used, so that a random one is free at the second draw on average.
INSTRUMENTS_A_LIST: Final = SHARD // 2
AT_FIRST: Final = 64  # decoys in a list in which nothing has happened yet
_LONGEST_SUSPENSION: Final = timedelta(days=60)
_STATUSES: Final = {Status.REVOKED: REVOKED, Status.SUPERSEDED: SUPERSEDED, Status.SUSPENDED: SUSPENDED}


class Decoy(models.Model):
    """A place of a status list that is given to no instrument and has a status."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", db_index=False)
    status_list = models.PositiveIntegerField()
    status_index = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField()
    until = models.DateTimeField(null=True)  # a suspension that ends
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "status_list", "status_index"], name="decoy_once"),
        ]
        indexes = [
            models.Index(fields=["until"], condition=Q(until__isnull=False), name="decoys_by_their_end")
        ]


def statuses_of(authority: str, number: int, *, at: datetime) -> bytearray:
    """One list of an authority at a moment, with its decoys."""
    statuses = statuslist.new()
    for index, status in marked_places(authority, number, at=at).items():
        statuslist.put(statuses, index, status)
    return statuses


def marked_places(authority: str, number: int, *, at: datetime | None) -> dict[int, int]:
    """The places that are not valid and their statuses, with the decoys of the moment `at` if it is given.

    Of several facts the strongest counts (`ending_facts`). A copy stands as its original does.
    The place of an instrument is never a decoy's.
    """
    marked: dict[int, int] = {}
    if at is not None:
        here = {"authority": authority, "status_list": number}
        taken = Intent.objects.filter(**here, status_index=OuterRef("status_index"))
        decoys = Decoy.objects.filter(Q(until=None) | Q(until__gt=at), ~Exists(taken), **here)
        marked |= dict(decoys.values_list("status_index", "status"))
    places = Intent.objects.filter(authority=authority, status_list=number)
    facts = list(reversed(ending_facts()))  # the weakest first
    found = [
        places.filter(**{f"{of}__in": each.values(path)}).values_list("status_index", Value(weight))
        for weight, (_, each, path) in enumerate(facts)
        for of in ("instrument", "copies")
    ]
    # In one statement. Each part begins at the facts, which are few, and not at the places.
    for index, weight in sorted(found[0].union(*found[1:]), key=lambda row: row[1]):
        marked[index] = _STATUSES[facts[weight][0]]
    return marked


def status_list_changes(*, since: datetime, at: datetime) -> dict[tuple[str, int], datetime]:
    """The lists, by authority and number, in which something changed since a moment, and when it last did.

    Its cost grows with what changed since.
    """
    instruments: dict[UUID, datetime] = {}
    facts: tuple[tuple[models.QuerySet[Any], str, str], ...] = (
        (Revocation.objects.all(), "instrument", "at"),
        (Closure.objects.all(), "instrument", "at"),
        (Suspension.objects.all(), "instrument", "at"),
        (Reinstatement.objects.all(), "suspension__instrument", "at"),
        (Instrument.objects.exclude(intent__supersedes=None), "intent__supersedes", "released_at"),
    )
    for rows, path, moment in facts:
        for instrument, when in rows.filter(**{f"{moment}__gt": since}).values_list(path, moment):
            instruments[instrument] = max(when, instruments.get(instrument, when))
    changed: dict[tuple[str, int], datetime] = {}
    for of in ("instrument", "copies"):
        rows = Intent.objects.filter(**{f"{of}__in": instruments.keys()})
        for authority, number, instrument in rows.values_list("authority_id", "status_list", of):
            _note(changed, (authority, number), instruments[instrument])
    ended = Decoy.objects.filter(until__gt=since, until__lte=at)
    for authority, number, until in ended.values_list("authority_id", "status_list", "until"):
        if until:
            _note(changed, (authority, number), until)
    return changed


def _note(changed: dict[tuple[str, int], datetime], place: tuple[str, int], when: datetime) -> None:
    changed[place] = max(when, changed.get(place, when))


def add_decoys(authority: Authority, number: int, *, at: datetime) -> None:
    """Add the decoys that are missing for a list's changes. The caller holds the lock of the authority's lists.

    None in a list in which documents may have places that were lost with a database: a decoy could fall on one of them.
    """
    if LogSuccession.objects.filter(
        authority=authority, first_list__lte=number, lists_end__gt=number
    ).exists():
        return
    marked = marked_places(authority.code, number, at=None)
    there = set(
        Decoy.objects.filter(authority=authority, status_list=number).values_list("status_index", flat=True)
    )
    lacking = AT_FIRST + len(marked) - len(there)
    if lacking <= 0:
        return
    # Never fewer than are missing: otherwise a second run of the task would change the list once more.
    count = lacking + secrets.randbelow(3)
    drawn = draw_decoys(
        count, avoiding=there | marked.keys(), like=[*marked.values(), REVOKED, SUSPENDED, SUPERSEDED]
    )
    longest = int(_LONGEST_SUSPENSION.total_seconds())
    Decoy.objects.bulk_create(
        Decoy(
            authority=authority,
            status_list=number,
            status_index=place,
            status=status,
            until=at + timedelta(seconds=3600 + secrets.randbelow(longest)) if status == SUSPENDED else None,
            at=at,
        )
        for place, status in drawn.items()
    )


def draw_decoys(count: int, *, avoiding: Container[int], like: Sequence[int]) -> dict[int, int]:
    """`count` places of one list and their statuses: places at random, statuses as often as in `like`."""
    drawn: dict[int, int] = {}
    while len(drawn) < count:
        place = secrets.randbelow(SHARD)
        if place not in avoiding:
            drawn[place] = secrets.choice(like)
    return drawn


def free_places(lists: Sequence[tuple[str, int]]) -> list[int]:
    """A random free place in each of these lists, named by authority and number; no two are the same."""
    chosen: list[tuple[str, int, int] | None] = [None] * len(lists)
    while None in chosen:
        for at, each in enumerate(chosen):
            while chosen[at] is None:
                drawn = (*lists[at], secrets.randbelow(SHARD))
                chosen[at] = drawn if drawn not in chosen else each
        taken = _taken([each for each in chosen if each])
        chosen = [None if each in taken else each for each in chosen]
    return [index for _, _, index in filter(None, chosen)]


def _taken(places: Sequence[tuple[str, int, int]]) -> set[tuple[str, int, int]]:
    """Those of these places that an instrument or a decoy has."""
    authorities, lists, indexes = (list(each) for each in zip(*places, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT authority_id, status_list, status_index FROM ("
            " SELECT authority_id, status_list, status_index FROM issuance_intent UNION ALL"
            " SELECT authority_id, status_list, status_index FROM issuance_decoy) AS known"
            " JOIN unnest(%s::text[], %s::int[], %s::int[]) AS drawn (authority, list, index)"
            " ON (authority_id, status_list, status_index) = (authority, list, index)",
            [authorities, lists, indexes],
        )
        return set(cursor.fetchall())
