"""Moves an open application to the process of a newer version, after showing the difference."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.applications.process_change import newer_process
from rukhsa.audit.journal import record
from rukhsa.catalogue.definition import follow, lacking
from rukhsa.catalogue.definition_changes import changes
from rukhsa.catalogue.territory import territory
from rukhsa.review.newer_process import follow_newer_process
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk import case
from rukhsa.web.desk.acts import carry_out


@requires(Permission.MIGRATE_PROCESS)
@require_http_methods(["GET", "POST"])
def migrate(request: PortalRequest, pk: UUID) -> HttpResponse:
    """GET shows what would change; POST with a reason changes it."""
    if request.method == "GET":
        return _show(request, pk)
    reason = request.POST.get("reason", "").replace("\x00", "")
    if not reason.strip():
        return _show(
            request, pk, status=422, error=_("Enter why the application should move to the newer process.")
        )

    def act(application: Application, at: datetime) -> None:
        follow_newer_process(application, reason=reason, actor=request.actor, at=at)

    return carry_out(
        request,
        pk,
        Permission.MIGRATE_PROCESS,
        act,
        done=_("The application now follows the newer process."),
    )


@transaction.atomic
def _show(request: PortalRequest, pk: UUID, *, status: int = 200, error: object = None) -> HttpResponse:
    at = timezone.now()
    application = case.reached(request.actor, pk, Permission.MIGRATE_PROCESS)
    record("see-application", application, actor=request.actor, at=at)
    newer, form = newer_process(application, at=at), application.service_version.definition
    context = {
        "application": application,
        "definition": application.definition,
        "newer": newer,
        "error": error,
        "made": application.process_changes.select_related("before", "after", "officer"),
    }
    if newer:
        place, after = territory(), follow(form, newer.definition)
        context["changes"] = [change.text for change in changes(application.definition, after, place)]
        context["fits"] = not lacking(form, newer.definition)
    return render(request, "desk/process.html", context, status=status)
