"""Reports from the field that met another fact: the two side by side, and the decision which counts."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import AgreementError
from rukhsa.audit.journal import record
from rukhsa.review.errors import ReviewError
from rukhsa.review.inspection import Inspection, InspectionReport
from rukhsa.rounds.errors import RoundError
from rukhsa.rounds.field_report import FieldReport, Settlement, settle
from rukhsa.rounds.round import Stop
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk import case
from rukhsa.web.sentences import sentence_for

MOST_SHOWN = 100


@requires(Permission.SETTLE_REPORT)
@require_GET
def show_all(request: PortalRequest) -> HttpResponse:
    """The reports that wait for a decision, the oldest first."""
    waiting = FieldReport.objects.on_which(request.actor, Permission.SETTLE_REPORT).in_conflict()
    waiting = waiting.select_related("by", "inspection__application").order_by("at")
    record("see-rounds", request.actor.person, actor=request.actor, at=timezone.now())
    return render(request, "desk/field_reports.html", {"reports": waiting[:MOST_SHOWN]})


@requires(Permission.SETTLE_REPORT)
@require_http_methods(["GET", "POST"])
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """What the device sent beside what stands; posting decides which counts."""
    found = (
        FieldReport.objects.on_which(request.actor, Permission.SETTLE_REPORT)
        .exclude(conflict="")
        .exclude(said={})
    )
    sent = found.select_related("by", "inspection__application__service_version").get(pk=pk)
    problem: object = None
    status = 200
    if request.method == "POST":
        try:
            choice = Settlement.Choice(request.POST.get("choice", ""))
            settle(sent, choice, request.POST.get("reason", "")[:400], actor=request.actor, at=timezone.now())
            messages.success(request, _("Your decision was recorded. Both reports are kept."))
            return redirect("desk:field-reports")
        except ValueError:
            problem, status = _("Choose which report counts."), 422
        except (ReviewError, RoundError, AgreementError) as error:
            problem, status = sentence_for(error), 422
    visit = sent.inspection
    record("see-field-report", visit, actor=request.actor, at=timezone.now())
    stop = Stop.objects.standing().filter(inspection=visit).select_related("round__inspector").first()
    context = {
        "sent": sent,
        "inspection": visit,
        "application": visit.application,
        "name": case.inspection_name(visit.application.definition, visit),
        "shown": _as_report(sent),
        "standing": visit.newest_report,
        "stop": stop,
        "settlement": Settlement.objects.filter(field_report=sent).select_related("by").first(),
        "may_take": Inspection.objects.wanted().filter(pk=visit.pk).exists(),
        "is_own": sent.by_id == request.actor.person.pk,
        "problem": problem,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "desk/field_report.html", context, status=status)


def _as_report(sent: FieldReport) -> InspectionReport:
    """The report that it would be, unsaved, for the same template."""
    said = sent.content
    return InspectionReport(
        inspection=sent.inspection,
        passed=said.passed,
        points=dict(said.points),
        text=said.text,
        photos=list(said.photos),
        inspector=sent.by,
        at=sent.at,
        **vars(said.on_site),
    )
