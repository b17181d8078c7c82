"""The queue: the applications that wait for an authority's officers, one line each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.applications.stages import OPEN_STAGES
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.review.participant import search
from rukhsa.review.queue import QueueEntry, QueueEntryQuerySet
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires


@dataclass(frozen=True, kw_only=True)
class Row:
    """One application as a line of a list."""

    pk: UUID
    reference: str
    service: Text
    applicant: Text
    stage: str
    turn: str  # empty when it is closed
    officer: Text | None
    submitted_at: datetime | None
    due_at: datetime | None
    is_late: bool


A_PAGE = 50
BESIDE_A_CASE = 12


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A filter of the queue."""

    id: str
    label: Promise
    empty: Promise  # what to do when it is empty
    narrow: Callable[[QueueEntryQuerySet, Actor, datetime], QueueEntryQuerySet]


FILTERS = (
    Filter(
        id="mine",
        label=_("Mine"),
        empty=_("You have no applications. Take one from the unassigned list."),
        narrow=lambda queue, actor, at: queue.in_hand_of(actor.person, at=at),
    ),
    Filter(
        id="unassigned",
        label=_("Unassigned"),
        empty=_("Every application is assigned."),
        narrow=lambda queue, actor, at: queue.unassigned(),
    ),
    Filter(
        id="decide",
        label=_("Waiting for a decision"),
        empty=_("No applications wait for your decision. Another officer decides those that you checked."),
        narrow=lambda queue, actor, at: queue.to_decide_by(actor.person),
    ),
    Filter(
        id="late",
        label=_("Late"),
        empty=_("No late applications."),
        narrow=lambda queue, actor, at: queue.late(at),
    ),
    Filter(
        id="applicant",
        label=_("With the applicant"),
        empty=_("No application is waiting for its applicant."),
        narrow=lambda queue, actor, at: queue.with_applicant(),
    ),
    Filter(
        id="all",
        label=_("All open"),
        empty=_("No applications are open. New ones appear here when they are submitted."),
        narrow=lambda queue, actor, at: queue,
    ),
)
_BY_ID = {each.id: each for each in FILTERS}
USUAL_FILTER = "all"


@requires(Permission.READ_QUEUE, Permission.CHECK)
@require_GET
@transaction.atomic
def show(request: PortalRequest) -> HttpResponse:
    """A page of the queue by one filter, the oldest first."""
    at = timezone.now()
    chosen = _BY_ID.get(request.GET.get("show", ""), _BY_ID[USUAL_FILTER])
    entries = list(_after(queue_of(request.actor, chosen.id, at), request.GET.get("after", ""))[: A_PAGE + 1])
    record("see-queue", request.actor.person, actor=request.actor, at=at, show=chosen.id)
    context = {
        "rows": _lines(entries[:A_PAGE], at),
        "filters": FILTERS,
        "chosen": chosen,
        "next": _next_page(chosen.id, entries) if len(entries) > A_PAGE else "",
        "is_first": not request.GET.get("after"),
    }
    return render(request, "desk/queue.html", context)


@requires(Permission.READ_QUEUE, Permission.CHECK)
@require_http_methods(["GET", "POST"])
@transaction.atomic
def find(request: PortalRequest) -> HttpResponse:
    """The search results; names are posted, so that none stands in an address. A reference may stand there."""
    at = timezone.now()
    wanted = _wanted(request)
    found = search(request.actor, wanted, most=A_PAGE + 1)
    record("search", request.actor.person, actor=request.actor, at=at, found=len(found))
    if len(found) == 1 and found[0].reference == wanted:
        return redirect("desk:application", pk=found[0].pk)
    context = {
        "rows": rows(found[:A_PAGE], at=at),
        "wanted": wanted,
        "too_many": len(found) > A_PAGE,
        "filters": FILTERS,
    }
    return render(request, "desk/found.html", context)


def _wanted(request: PortalRequest) -> str:
    if request.method == "POST":
        return request.POST.get("wanted", "")[:100]
    reference = request.GET.get("q", "")[:100]
    return reference if any(character.isdigit() for character in reference) else ""


def beside(actor: Actor, application: Application, show: str, at: datetime) -> list[Row]:
    """The lines of the queue around an application, for the list at its side."""
    queue = queue_of(actor, show if show in _BY_ID else USUAL_FILTER, at)
    if application.submitted_at:
        queue = queue.filter(submitted_at__gte=application.submitted_at)
    return _lines(list(queue[:BESIDE_A_CASE]), at)


def queue_of(actor: Actor, show: str, at: datetime) -> QueueEntryQuerySet:
    """The queue by one filter, with what its lines need."""
    open_here = QueueEntry.objects.on_which(actor, Permission.READ_QUEUE, Permission.CHECK)
    entries = _BY_ID[show].narrow(open_here, actor, at).oldest_first()
    needed = ("application__applicant", "application__company", "officer")
    return entries.select_related(*needed).defer("application__typed", "application__answers")


def _lines(entries: list[QueueEntry], at: datetime) -> list[Row]:
    for entry in entries:
        # Otherwise each line would query its application again.
        entry.application.queue_entry = entry
    return rows([entry.application for entry in entries], at=at)


def _after(queue: QueueEntryQuerySet, cursor: str) -> QueueEntryQuerySet:
    moment, _comma, application = cursor.partition(",")
    try:
        return queue.after(datetime.fromisoformat(moment), UUID(application))
    except ValueError:
        return queue  # an edited address shows the first page


def _next_page(show: str, entries: list[QueueEntry]) -> str:
    last = entries[A_PAGE - 1]
    cursor = f"{last.submitted_at.isoformat()},{last.application_id}"
    return f"{reverse('desk:queue')}?{urlencode({'show': show, 'after': cursor})}"


def rows(applications: Iterable[Application], *, at: datetime) -> list[Row]:
    """The applications as lines; their people and queue entries are prefetched."""
    shown = list(applications)
    names = ServiceVersion.objects.names({application.service_version_id for application in shown})
    return [_row(application, names[application.service_version_id], at) for application in shown]


def entry_of(application: Application) -> QueueEntry | None:
    """The application's entry in the queue while it is open."""
    entry = getattr(application, "queue_entry", None)
    return entry if application.stage in OPEN_STAGES else None


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
