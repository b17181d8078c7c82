"""What else there is at the place of a case: applications with their documents, and violations, for the case's page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.issuance.models import Instrument
from rukhsa.review.same_place import AtPlace, Shares, at_same_place
from rukhsa.violations.at_place import violations_at
from rukhsa.violations.violation import Violation
from rukhsa.web.desk import queue
from rukhsa.web.desk.violation_state import state_of

MOST_SHOWN: Final = 6
MOST_OF_ALL: Final = 60  # once more are asked for
SHARED: Final[dict[Shares, Promise]] = {
    Shares.PARCEL: _("same parcel"),
    Shares.BUILDING: _("same building"),
    Shares.DRAWING: _("where this is drawn"),
    Shares.ROAD: _("same road"),
}


@dataclass(frozen=True, kw_only=True)
class PlaceCase:
    """Another application at the place: its line, what it shares, and its newest document if the actor may read it."""

    row: queue.Row
    shares: Promise
    instrument: Instrument | None


def place_cases(actor: Actor, application: Application, *, all_of_them: bool, at: datetime) -> dict[str, Any]:
    """The applications and violations at the place, some of them until all are asked for."""
    most = MOST_OF_ALL if all_of_them else MOST_SHOWN
    found = at_same_place(application, actor, most=most + 1)
    others = [each.application.pk for each in found]
    violations = violations_at(application, others, actor, on=timezone.localdate(at), most=most + 1)
    return {
        "place_cases": _lines(actor, found[:most], at),
        "place_violations": _told(violations[:most]),
        "place_has_more": max(len(found), len(violations)) > most and not all_of_them,
        "place_is_cut": max(len(found), len(violations)) > most and all_of_them,
    }


def _lines(actor: Actor, found: list[AtPlace], at: datetime) -> list[PlaceCase]:
    readable = Instrument.objects.on_which(actor, Permission.READ_INSTRUMENTS).select_related("intent")
    of_these = readable.filter(intent__application__in=[each.application.pk for each in found])
    newest = {each.intent.application_id: each for each in of_these.order_by("intent__version")}
    lines = queue.rows((each.application for each in found), at=at)
    return [
        PlaceCase(row=row, shares=SHARED[each.shares], instrument=newest.get(each.application.pk))
        for row, each in zip(lines, found, strict=True)
    ]


def _told(violations: list[Violation]) -> list[tuple[Violation, Promise]]:
    return [(each, state_of(each)) for each in violations]
