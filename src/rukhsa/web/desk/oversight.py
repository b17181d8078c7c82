"""Oversight of decisions: the grants that were drawn to be looked at again, and what was unusual of officers."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.interest import OwnInterest
from rukhsa.audit.journal import record
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.review import officer_alarm
from rukhsa.review.errors import ReviewError
from rukhsa.review.models import DrawnGrant, OfficerAlarm
from rukhsa.review.second_look import SHARE, look_again
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.sentences import sentence_of

A_PAGE = 50
_NEEDED = ("decision__application__service_version", "decision__officer", "draw")


@requires(Permission.READ_ALARMS)
@require_GET
def alarms(request: PortalRequest) -> HttpResponse:
    """The newest alarms of the reader's authorities, with the rules by which they were raised."""
    here = OfficerAlarm.objects.on_which(request.actor, Permission.READ_ALARMS)
    shown = list(here.select_related("officer").order_by("-day", "-id")[:A_PAGE])
    record("see-alarms", request.actor.person, actor=request.actor, at=timezone.now())
    context = {
        "alarms": shown,
        "fewest": officer_alarm.FEWEST,
        "times": officer_alarm.TIMES_THE_USUAL,
        "fewest_at_odd_hours": officer_alarm.FEWEST_AT_ODD_HOURS,
        "opens": f"{officer_alarm.OPENS:%H:%M}",
        "closes": f"{officer_alarm.CLOSES:%H:%M}",
    }
    return render(request, "desk/alarms.html", context)


@requires(Permission.DECIDE)
@require_GET
def show_all(request: PortalRequest) -> HttpResponse:
    """The grants that wait for a second look by this person."""
    here = DrawnGrant.objects.on_which(request.actor, Permission.DECIDE).for_another(request.actor.person)
    shown = list(here.select_related(*_NEEDED).order_by("pk")[:A_PAGE])
    names = ServiceVersion.objects.names({each.decision.application.service_version_id for each in shown})
    record("see-second-looks", request.actor.person, actor=request.actor, at=timezone.now())
    rows = [(each, names[each.decision.application.service_version_id]) for each in shown]
    return render(request, "desk/second_looks.html", {"rows": rows, "share": SHARE / 10})


@requires(Permission.DECIDE)
@require_http_methods(["GET", "POST"])
@transaction.atomic
def show(request: PortalRequest, pk: int) -> HttpResponse:
    """A grant that was drawn, with what proves the draw; posting keeps what the person found of it."""
    here = DrawnGrant.objects.on_which(request.actor, Permission.DECIDE)
    grant = here.select_related(*_NEEDED, "second_look__officer").get(pk=pk)
    error: object = ""
    if request.method == "POST":
        agrees, reasons = request.POST.get("agrees", "") == "yes", request.POST.get("reasons", "")
        try:
            look_again(grant, agrees, reasons, actor=request.actor, at=timezone.now())
        except (ReviewError, OwnInterest) as refused:
            error = sentence_of(refused.code)
        else:
            messages.success(request, _("Your second look is recorded."))
            return redirect("desk:second-looks")
    application = grant.decision.application
    context = {
        "grant": grant,
        "application": application,
        "service": application.definition.name,
        "look": getattr(grant, "second_look", None),
        "error": error,
        "typed": request.POST,
    }
    return render(request, "desk/second_look.html", context, status=UNPROCESSABLE if error else 200)
