"""One application as one line of a list, drawn in a fixed number of queries however long the list is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.review.queue import QueueEntry
from rukhsa.values.names import Text


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a list shows of an application."""

    pk: UUID
    reference: str
    service: Text
    applicant: Text
    stage: str
    turn: str  # empty once it is closed
    officer: Text | None
    submitted_at: datetime | None
    due_at: datetime | None
    is_late: bool


def rows(applications: Iterable[Application], *, at: datetime) -> list[Row]:
    """The applications as lines; their people and their entries in the queue are fetched already."""
    shown = list(applications)
    names = service_names({application.service_version_id for application in shown})
    return [_row(application, names[application.service_version_id], at) for application in shown]


def service_names(versions: set[int]) -> dict[int, Text]:
    """The names of service versions, without reading whole definitions."""
    found = ServiceVersion.objects.filter(pk__in=versions).values_list("pk", "meaning__name")
    return {pk: Text(ar=name.get("ar", ""), en=name.get("en", "")) for pk, name in found}


def entry_of(application: Application) -> QueueEntry | None:
    """The application's place in the queue while it is open."""
    entry = getattr(application, "queue_entry", None)
    return entry if application.stage in {Stage.SUBMITTED, Stage.RETURNED} else None


def _row(application: Application, service: Text, at: datetime) -> Row:
    entry = entry_of(application)
    holder = application.company or application.applicant
    return Row(
        pk=application.pk,
        reference=application.reference or "",
        service=service,
        applicant=holder.name,
        stage=application.stage,
        turn=entry.turn if entry else "",
        officer=entry.officer.name if entry and entry.officer else None,
        submitted_at=application.submitted_at,
        due_at=entry.due_at if entry else None,
        is_late=bool(entry and entry.due_at and entry.due_at <= at),
    )
