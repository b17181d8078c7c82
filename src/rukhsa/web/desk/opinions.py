"""Feedback on the desk: counts by service, and the newest remarks, with no word of who made them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.feedback.feedback import Feedback
from rukhsa.web.access import PortalRequest, requires

MOST_REMARKS = 50


@requires(Permission.READ_FEEDBACK)
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """What was said about the reader's authorities, and about pages."""
    here = Feedback.objects.on_which(request.actor, Permission.READ_FEEDBACK)
    names = {
        version.service: version.definition.name
        for version in ServiceVersion.objects.current().defer("source_text")
    }
    counts = [(names.get(row["service"], row["service"]), row) for row in here.by_service()]
    remarks = here.exclude(text="").order_by("-id")[:MOST_REMARKS]
    record("see-feedback", request.actor.person, actor=request.actor, at=timezone.now())
    context = {"counts": counts, "remarks": [(names.get(each.service), each) for each in remarks]}
    return render(request, "desk/feedback.html", context)
