"""What a status list says, by the facts."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from rukhsa.issuance.models import Closure, Decoy, Instrument, Intent, Revocation, Suspension
from rukhsa.trust import statuslist


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
