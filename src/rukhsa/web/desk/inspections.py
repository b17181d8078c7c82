"""The pages of an inspector: the inspections by day, and reporting one, for a telephone on site."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.file_check import BadFile
from rukhsa.applications.submitted import submitted
from rukhsa.audit.journal import record
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.questions import Question
from rukhsa.places.address import address_in_words
from rukhsa.places.block import areas_of
from rukhsa.review import appointment
from rukhsa.review.errors import ReviewError
from rukhsa.review.inspection import Inspection, report, step_of, still_wanted
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk import case, case_facts
from rukhsa.web.desk.case import fields_of, typed_for
from rukhsa.web.desk.files import keep_photos, kept_before, sealed
from rukhsa.web.fields import Field
from rukhsa.web.sentences import status_of_form
from rukhsa.web.shown import AnswerShown
from rukhsa.web.templatetags.texts import text

MOST_SHOWN = 100
# Cached by the process: a definition is read from the database once.
SELDOM_READ = (
    "application__typed",
    "application__service_version__meaning",
    "application__service_version__source_text",
)


@requires(Permission.INSPECT)
@require_GET
@transaction.atomic
def show_all(request: PortalRequest) -> HttpResponse:
    """The open inspections, by the day on which they are due."""
    at = timezone.now()
    waiting = Inspection.objects.on_which(request.actor, Permission.INSPECT)
    here = request.actor.authorities_where(Permission.INSPECT)
    waiting = waiting.filter(still_wanted(), waiting__authority__in=here)
    waiting = waiting.select_related("application__service_version").defer(*SELDOM_READ)
    found = list(waiting.order_by("waiting__due_at", "waiting")[: MOST_SHOWN + 1])
    lines = shown(found[:MOST_SHOWN], at=at)
    record("see-inspections", request.actor.person, actor=request.actor, at=at)
    context = {
        "days": [
            (day, list(visits)) for day, visits in groupby(lines, key=lambda line: due_on(line.inspection))
        ],
        "today": timezone.localdate(at),
        "has_more": len(found) > MOST_SHOWN,
    }
    return render(request, "desk/inspections.html", context)


@requires(Permission.INSPECT)
@require_http_methods(["GET", "POST"])
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """An inspection with its checklist; posting reports it."""
    needed = ("application__service_version", "application__applicant", "application__company")
    inspection = (
        Inspection.objects.on_which(request.actor, Permission.INSPECT).select_related(*needed).get(pk=pk)
    )
    if request.method == "POST":
        return _report(request, inspection)
    record("see-inspection", inspection, actor=request.actor, at=timezone.now())
    return _page(request, inspection)


@requires(Permission.INSPECT)
@require_POST
def offer_times(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Offer the applicant times for a visit; with a reason, in place of the time that the applicant chose."""
    inspection = Inspection.objects.on_which(request.actor, Permission.INSPECT).get(pk=pk)
    starts, at = _times(request.POST.getlist("time")), timezone.now()
    try:
        if "reason" in request.POST:
            appointment.move(inspection, starts, request.POST["reason"][:400], actor=request.actor, at=at)
        else:
            appointment.offer(inspection, starts, actor=request.actor, at=at)
        messages.success(request, _("The times were offered. The applicant is told to choose one."))
    except ReviewError as error:
        messages.error(request, str(error.text))
    return redirect("desk:inspection", pk)


def _times(typed: Iterable[str]) -> list[datetime]:
    """The moments that were typed; what is none is left out, and the others may still be offered."""
    zone, moments = timezone.get_current_timezone(), []
    for each in filter(None, typed):
        with suppress(ValueError):
            moments.append(datetime.fromisoformat(each[:16]).replace(tzinfo=zone))
    return moments


@dataclass(frozen=True, kw_only=True)
class VisitShown:
    """A visit in a list: its service and the addresses among its answers."""

    inspection: Inspection
    service: Text
    places: list[AnswerShown]


def shown(visits: Sequence[Inspection], *, at: datetime) -> list[VisitShown]:
    """Visits for a list, in the same order; two queries for all of them."""
    names = ServiceVersion.objects.names({each.application.service_version_id for each in visits})
    blocks = [address["block"] for each in visits for _question, address in _addresses(each)]
    areas = areas_of(blocks, on=timezone.localdate(at))
    return [
        VisitShown(
            inspection=each,
            service=names[each.application.service_version_id],
            places=_places(each, areas),
        )
        for each in visits
    ]


def due_on(inspection: Inspection) -> date:
    """The day on which an inspection is due: its deadline is the end of that day."""
    return timezone.localdate(inspection.due_at - timedelta(microseconds=1))


def _report(request: PortalRequest, inspection: Inspection) -> HttpResponse:
    marked = {point["id"]: request.POST.get(f"point-{point['id']}", "") for point in inspection.checklist}
    typed: dict[str, Any] = {"marked": marked, "text": request.POST.get("text", "")}
    typed["passed"] = request.POST.get("passed", "")
    step = step_of(inspection.application, inspection)
    typed["records"] = typed_for(request.POST, step)
    fields = fields_of(step, typed["records"])
    kept = kept_before(request, salt=_salt(inspection))
    problem: Promise | str | None
    status = status_of_form("")
    try:
        kept = keep_photos(request, kept)
        problem = None if typed["passed"] in {"yes", "no"} else gettext_lazy("Choose passed or failed.")
        if problem is None:
            _send(request, inspection, typed, kept)
            messages.success(request, _("The report was recorded."))
            return redirect("desk:inspections")
    except (ReviewError, BadFile) as error:
        problem, status = error.text, status_of_form(error.code)
        fields = fields_of(step, typed["records"], error)
    return _page(request, inspection, status=status, error=problem, typed=typed, kept=kept, fields=fields)


def _send(request: PortalRequest, inspection: Inspection, typed: dict[str, Any], kept: list[str]) -> None:
    points = {point: mark == "yes" for point, mark in typed["marked"].items() if mark in {"yes", "no"}}
    report(
        inspection,
        typed["passed"] == "yes",
        points,
        typed["text"],
        kept,
        typed["records"],
        actor=request.actor,
        at=timezone.now(),
    )


def _salt(inspection: Inspection) -> str:
    return f"desk.inspection.{inspection.pk}"


def _page(
    request: PortalRequest,
    inspection: Inspection,
    *,
    status: int = 200,
    error: Promise | str | None = None,
    typed: dict[str, Any] | None = None,
    kept: list[str] | None = None,
    fields: list[Field] | None = None,
) -> HttpResponse:
    held = submitted(inspection.application)
    application = held.application
    typed = typed or {"marked": {}, "text": "", "passed": ""}
    marked = typed["marked"]
    is_open = Inspection.objects.open().filter(pk=inspection.pk).exists()
    context = {
        "inspection": inspection,
        "application": application,
        "definition": application.definition,
        "name": case.inspection_name(application.definition, inspection),
        "due_on": due_on(inspection),
        "is_late": timezone.now() >= inspection.due_at,
        "sections": case_facts.sections(held),
        "documents": case_facts.documents(held, at=timezone.now()),
        "points": [(point, marked.get(point["id"], "")) for point in inspection.checklist],
        "reports": inspection.reports.select_related("inspector").order_by("-pk"),
        "is_open": is_open,
        "appointment": appointment.appointment_of(inspection),
        "offered": inspection.offered_times.order_by("starts_at"),
        "fields": fields or fields_of(step_of(application, inspection)),
        "error": error,
        "typed": typed,
        "kept": sealed(kept or [], salt=_salt(inspection)),
    }
    return render(request, "desk/inspection.html", context, status=status)


def _places(inspection: Inspection, areas: Mapping[int, Text]) -> list[AnswerShown]:
    """The addresses among the answers."""
    return [
        AnswerShown(question=question, ask=question.ask, answer=text(address_in_words(address, areas=areas)))
        for question, address in _addresses(inspection)
    ]


def _addresses(inspection: Inspection) -> Iterator[tuple[Question, dict[str, Any]]]:
    answers = inspection.application.answers
    for question in inspection.application.definition.questions:
        value = answers.get(question.id)
        if isinstance(value, dict) and "block" in value:
            yield question, value
