"""A round, and a report from the field that met another one, for the matrices of the desk."""

import uuid
from typing import Any

from rukhsa.authorities.actor import Actor
from rukhsa.review.inspection import Inspection
from rukhsa.rounds.models import FieldReport
from rukhsa.rounds.round import plan_round, take_off
from tests.rooms.review.works import SUNDAY


def in_the_field(visit: Inspection, inspector: Actor, digest: str) -> dict[str, tuple[Any, ...]]:
    """The arguments of the routes about a visit of a round that was planned and then taken off."""
    planned = plan_round([visit.pk], inspector.person, SUNDAY.date(), actor=inspector, at=SUNDAY)
    take_off(planned, visit.pk, actor=inspector, at=SUNDAY)
    said = {"passed": False, "points": {}, "text": "", "photos": [digest], "records": {},
            "on_site": {"present": "", "signature": "", "taken": {}}}  # fmt: skip
    sent = FieldReport.objects.create(
        id=uuid.uuid4(),
        inspection=visit,
        said=said,
        conflict="reported",
        by=inspector.person,
        made_at=SUNDAY,
        at=SUNDAY,
    )
    return {
        **dict.fromkeys(("round", "act-on-round"), (planned.pk,)),
        **dict.fromkeys(("field-visit", "field-photo", "field-report"), (visit.pk,)),
        "settle-field-report": (sent.pk,),
        "field-report-photo": (sent.pk, digest),
    }
