"""Takes an application back, after asking once more."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rukhsa import acts
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.payments.errors import OutcomeUnknown
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal.overview import charge_to_pay, may_withdraw
from rukhsa.web.portal.reach import application_of


@requires(Permission.APPLY)
@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: PortalRequest, pk: UUID) -> HttpResponse:
    """GET says what withdrawing means; POST does it, and a second time changes nothing."""
    application = application_of(request, pk)
    if request.method == "GET":
        if not may_withdraw(application, charge_to_pay(application)):
            return redirect("portal:application", pk)
        return _page(request, application)
    try:
        application = acts.withdraw(application, actor=request.actor, at=timezone.now())
    except OutcomeUnknown:
        return _page(request, application, status=409)
    return redirect("portal:application", pk)


def _page(request: PortalRequest, application: Application, *, status: int = 200) -> HttpResponse:
    context = {
        "application": application,
        "is_granted": application.stage == Stage.GRANTED,
        "under_way": status != HTTPStatus.OK,
    }
    return render(request, "portal/withdraw.html", context, status=status)
