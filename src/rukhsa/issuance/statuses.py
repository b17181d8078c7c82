"""What a status list says, by the facts."""

from typing import Any

from django.db.models import QuerySet

from rukhsa.issuance.models import Closure, Instrument, Intent, Revocation, Suspension
from rukhsa.trust import statuslist


def statuses_of(authority: str, number: int) -> bytearray:
    """The list of an authority; a revocation outweighs a supersession, and that a suspension."""
    statuses = statuslist.new()
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
    for status, among in facts:
        for index in instruments.filter(pk__in=among).values_list("intent__status_index", flat=True):
            statuslist.put(statuses, index, status)
    return statuses
