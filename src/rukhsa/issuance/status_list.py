"""What a status list says by the facts, with decoys so that no reader can count what changed."""

import secrets
from collections.abc import Container, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from rukhsa.authorities.models import Authority
from rukhsa.issuance.instrument import Closure, Instrument, Revocation, Suspension
from rukhsa.issuance.intent import Intent
from rukhsa.trust import statuslist
from rukhsa.trust.statuslist import REVOKED, SHARD, SUPERSEDED, SUSPENDED


class Decoy(models.Model):
    """A place of a status list given to no instrument, whose status hides how many changed."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    status_list = models.PositiveIntegerField()
    status_index = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField()
    until = models.DateTimeField(null=True)  # a suspension that ends
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "status_list", "status_index"], name="decoy_once"),
        ]


def statuses_of(authority: str, number: int, *, at: datetime) -> bytearray:
    """The list of an authority, with its decoys."""
    statuses = statuslist.new()
    for index, status in marked_places(authority, number, at=at).items():
        statuslist.put(statuses, index, status)
    return statuses


def marked_places(authority: str, number: int, *, at: datetime | None) -> dict[int, int]:
    """The places that are not valid, and how they stand; with the decoys of the moment `at`, if one is named.

    A revocation outweighs a supersession, and that a suspension. A copy stands as its original does.
    The place of an instrument is never a decoy's.
    """
    marked = {} if at is None else dict(_decoys(authority, number, at).values_list("status_index", "status"))
    here = {"intent__authority": authority, "intent__status_list": number}
    instruments = Instrument.objects.filter(**here)
    suspended = Suspension.objects.filter(reinstatement=None).values("instrument")
    superseded = Intent.objects.filter(instrument__isnull=False, supersedes__isnull=False).values(
        "supersedes"
    )
    facts: tuple[tuple[int, QuerySet[Any, Any]], ...] = (
        (statuslist.SUSPENDED, suspended),
        (statuslist.SUPERSEDED, superseded),
        (statuslist.SUPERSEDED, Closure.objects.values("instrument")),
        (statuslist.REVOKED, Revocation.objects.values("instrument")),
    )
    found = (
        instruments.filter(Q(pk__in=among) | Q(intent__copies__in=among)).values_list(
            "intent__status_index", Value(weight)
        )
        for weight, (_, among) in enumerate(facts)
    )
    # In one statement: it is asked twice whenever a list is published.
    for index, weight in sorted(next(found).union(*found), key=lambda row: row[1]):
        marked[index] = facts[weight][0]
    return marked


def _decoys(authority: str, number: int, at: datetime) -> QuerySet[Decoy]:
    here = {"authority": authority, "status_list": number}
    taken = Intent.objects.filter(**here, status_index=OuterRef("status_index"))
    return Decoy.objects.filter(Q(until=None) | Q(until__gt=at), ~Exists(taken), **here)


AT_FIRST: Final = 64  # in a list in which nothing has happened yet
_LONGEST_SUSPENSION: Final = timedelta(days=60)


def add_decoys(authority: Authority, number: int, *, at: datetime) -> None:
    """Add the decoys that a list lacks for its changes. The caller holds the lock of the authority's lists."""
    marked = marked_places(authority.code, number, at=None)
    there = set(
        Decoy.objects.filter(authority=authority, status_list=number).values_list("status_index", flat=True)
    )
    lacking = AT_FIRST + len(marked) - len(there)
    if lacking <= 0:
        return
    # Never fewer than lack: the next run would add the rest, and a task that runs twice would have done two things.
    count = lacking + secrets.randbelow(3)
    drawn = draw_decoys(
        count, avoiding=there | marked.keys(), like=[*marked.values(), REVOKED, SUSPENDED, SUPERSEDED]
    )
    Decoy.objects.bulk_create(
        Decoy(
            authority=authority,
            status_list=number,
            status_index=place,
            status=status,
            until=at + _a_while() if status == SUSPENDED else None,
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


def _a_while() -> timedelta:
    return timedelta(seconds=3600 + secrets.randbelow(int(_LONGEST_SUSPENSION.total_seconds())))
