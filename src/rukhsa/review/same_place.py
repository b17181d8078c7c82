"""The other applications at the place of one: at its parcel, building or road, or where its drawing lies."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.db.models import QuerySet

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.applications.place_key import PlaceKeys, drawn_in, place_keys
from rukhsa.authorities.actor import Actor
from rukhsa.late import shapes
from rukhsa.places.parcel import METRE
from rukhsa.review import participant

WITHIN: Final = 10  # metres between two drawings that are of one place
MOST_COMPARED: Final = 200  # drawings of the same blocks, the newest


class Shares(StrEnum):
    """What two applications have in common, the closest first."""

    PARCEL = "parcel"
    BUILDING = "building"
    DRAWING = "drawing"
    ROAD = "road"


@dataclass(frozen=True, kw_only=True)
class AtPlace:
    """Another application, and what of the place it shares."""

    application: Application
    shares: Shares


def at_same_place(application: Application, actor: Actor, *, most: int) -> list[AtPlace]:
    """At most `most` others that the actor may open and examine: the closest first, and of each kind the newest.

    By an index; drawings are compared with those of the same blocks.
    """
    keys, seen = place_keys(application.answers), {application.pk}
    found: list[AtPlace] = []
    for shares in Shares:
        if len(found) >= most:
            break
        if shares is Shares.DRAWING:
            rows = _where_drawn(application, actor, keys["block"])
        else:
            rows = list(_with(actor, keys[shares]).exclude(pk__in=seen)[:most])
        new = [each for each in rows if each.pk not in seen]
        seen |= {each.pk for each in new}
        found += [AtPlace(application=each, shares=shares) for each in new]
    return found[:most]


def _with(actor: Actor, keys: set[str]) -> QuerySet[Application]:
    """The applications with one of these keys, the newest first."""
    if not keys:
        return Application.objects.none()
    here = participant.applications(actor, Permission.CHECK).filter(reference__isnull=False)
    here = here.alias(places=PlaceKeys("answers")).filter(places__overlap=sorted(keys))
    shown = here.select_related("applicant", "company", "queue_entry__officer").defer("typed")
    return shown.order_by("-submitted_at", "pk")


def _where_drawn(application: Application, actor: Actor, blocks: set[str]) -> list[Application]:
    own = [shapes.shape(each) for each in drawn_in(application.answers)]
    if not own:
        return []
    candidates = _with(actor, blocks).exclude(pk=application.pk)[:MOST_COMPARED]
    return [each for each in candidates if _is_near(own, each)]


def _is_near(own: list[Any], other: Application) -> bool:
    theirs = [shapes.shape(each) for each in drawn_in(other.answers)]
    return any(one.distance(another) <= WITHIN * METRE for one in own for another in theirs)
