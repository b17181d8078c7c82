"""The visits to an applicant: choosing one of the offered times, moving it, and a file for one's calendar."""

from datetime import UTC, datetime
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
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Rukhsa//visits//EN",
        "BEGIN:VEVENT",
        f"UID:{visit.inspection_id}@rukhsa",
        f"SEQUENCE:{visit.pk}",
        f"DTSTAMP:{moment_of(visit.at)}",
        f"DTSTART:{moment_of(visit.time.starts_at)}",
        f"DTEND:{moment_of(visit.time.ends_at)}",
        f"SUMMARY:{escaped(summary)}",
        f"DESCRIPTION:{escaped(application.reference or '')}",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return b"".join(folded(line) for line in lines)


def moment_of(at: datetime) -> str:
    """RFC 5545 §3.3.5: a moment in UTC."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(words: str) -> str:
    """RFC 5545 §3.3.11: a text with what would end it written out."""
    for character in "\\;,":
        words = words.replace(character, f"\\{character}")
    return words.replace("\n", "\\n")


def folded(line: str) -> bytes:
    """RFC 5545 §3.1: a line of at most 75 octets; the rest follows after a space, and no character is cut."""
    pieces, piece = [], b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > 74:
            pieces.append(piece)
            piece = b""
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"
