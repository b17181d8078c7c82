"""The visits to an applicant: choosing one of the offered times, moving it, and a file for one's calendar."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.review import appointment
from rukhsa.review.appointment import Appointment
from rukhsa.review.errors import ReviewError
from rukhsa.values.calendar_file import Event, calendar_of
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal.pages import application_of
from rukhsa.web.templatetags.texts import text


@requires(Permission.APPLY)
@never_cache
@require_http_methods(["GET", "POST"])
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """GET shows the times that are offered; POST chooses one, or moves the visit to it."""
    application, problem = application_of(request, pk), None
    if request.method == "POST":
        typed = request.POST.get("time", "")
        try:
            time = int(typed) if typed.isascii() and typed.isdigit() else 0
            appointment.choose(application, time, actor=request.actor, at=timezone.now())
        except ReviewError as error:
            problem = error.text
        else:
            messages.success(request, _("The time of the visit is fixed."))
            return redirect("portal:visits", pk)
    context = {
        "application": application,
        "definition": application.definition,
        "visits": appointment.visits_of(application, at=timezone.now()),
        "problem": problem,
    }
    return render(request, "portal/visits.html", context, status=422 if problem else 200)


@requires(Permission.APPLY)
@never_cache
@require_GET
def calendar(request: PortalRequest, pk: UUID, chosen: int) -> HttpResponse:
    """The visit as a file for a calendar (RFC 5545)."""
    application = application_of(request, pk)
    found = Appointment.objects.select_related("time", "inspection")
    visit = found.get(pk=chosen, inspection__application=application)
    response = HttpResponse(event(application, visit), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="visit.ics"'
    return response


def event(application: Application, visit: Appointment) -> bytes:
    """RFC 5545 §3.6.1: one event; a visit that was moved replaces the earlier one by its UID and sequence."""
    service = text(application.definition.name)
    summary = _("Visit: %(service)s") % {"service": service}
    return calendar_of(
        Event(
            uid=str(visit.inspection_id),
            sequence=visit.pk,
            stamped=visit.at,
            starts=visit.time.starts_at,
            ends=visit.time.ends_at,
            summary=summary,
            description=application.reference or "",
        )
    )
