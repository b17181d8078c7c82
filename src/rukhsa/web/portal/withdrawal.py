"""Takes an application back, after asking once more."""

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from rukhsa import journey
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.withdraw import withdraw
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal.reach import application_of


@requires(Permission.APPLY)
@require_http_methods(["GET", "POST"])
def ask(request: PortalRequest, pk: UUID) -> HttpResponse:
    """GET says what withdrawing means; POST does it, and a second time changes nothing."""
    application = application_of(request, pk)
    if request.method == "GET":
        return render(request, "portal/withdraw.html", {"application": application})
    with transaction.atomic():
        application = withdraw(application, actor=request.actor, at=timezone.now())
        journey.advance_later(application)
    return redirect("portal:application", pk)
