"""The violations at the place of an application: of documents there, and where they were seen."""

from collections.abc import Collection
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.applications.place_key import drawn_in, place_keys
from rukhsa.authorities.actor import Actor
from rukhsa.late import shapes
from rukhsa.places.parcel import METRE, parcels_on
from rukhsa.violations.violation import Violation

WITHIN: Final = 25  # metres that the position of a telephone may be wrong
MOST_COMPARED: Final = 200


def violations_at(
    application: Application, others: Collection[UUID], actor: Actor, *, on: date, most: int
) -> list[Violation]:
    """At most `most` that the actor may read, the newest first: of the application's documents and those of others at
    its place, and those that were seen on its parcel or where it is drawn."""

    if not actor.holds_somewhere(Permission.READ_VIOLATIONS):
        return []
    ours = Violation.objects.on_which(actor, Permission.READ_VIOLATIONS).select_related(
        "mending", "withdrawal"
    )
    ours = ours.order_by("-proposed_at", "pk")
    grounds = [shapes.shape(each) for each in _grounds(application, on)]
    seen: list[Violation] = []
    if grounds:
        boxes = Q(pk=None)
        for ground in grounds:
            west, south, east, north = ground.buffer(WITHIN * METRE).bounds
            boxes |= Q(longitude__range=(west, east), latitude__range=(south, north))
        seen = [
            each
            for each in ours.filter(boxes)[:MOST_COMPARED]
            if any(
                one.distance(shapes.Point(each.longitude, each.latitude)) <= WITHIN * METRE for one in grounds
            )
        ]
    of_documents = ours.filter(instrument__intent__application__in=[application.pk, *others])[:most]
    found = {each.pk: each for each in [*of_documents, *seen]}
    return sorted(found.values(), key=lambda each: each.proposed_at, reverse=True)[:most]


def _grounds(application: Application, on: date) -> list[dict[str, Any]]:
    """What is drawn, and the ground of the parcels."""
    numbers = [key.removeprefix("parcel ") for key in place_keys(application.answers)["parcel"]]
    parcels = parcels_on(on).filter(number__in=numbers).values_list("geometry", flat=True) if numbers else ()
    return [*drawn_in(application.answers), *(each for each in parcels if each)]
