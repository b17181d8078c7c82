"""The pages of an agenda: calling a committee to a sitting, and calling the sitting off."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import NotPermitted
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import territory
from rukhsa.review.agenda import Agenda, AgendaUnfit, agendas_of, call_off, prepare_agenda
from rukhsa.review.errors import ReviewError
from rukhsa.review.sitting import members
from rukhsa.web.access import PortalRequest, requires, signed_in
from rukhsa.web.desk import sittings
from rukhsa.web.desk.acts import UNPROCESSABLE


@requires(Permission.CONVENE)
@require_POST
def prepare(request: PortalRequest) -> HttpResponse:
    """Call a committee to a sitting on the numbered applications."""
    typed = {
        name: request.POST.get(name, "").replace("\x00", "") for name in ("seat", "day", "time", "place")
    }
    code, _slash, committee = typed["seat"].partition("/")
    try:
        authority = Authority.objects.filter(pk=code[:4]).first()
        if authority is None:
            raise AgendaUnfit
        wanted = (_moment(typed["day"], typed["time"]), typed["place"], _ordered(request))
        agenda = prepare_agenda(authority, committee, *wanted, actor=request.actor, at=timezone.now())
    except ReviewError as error:
        return sittings.list_again(
            request, status=UNPROCESSABLE, error=error.text, called_seat=typed["seat"], agenda_typed=typed
        )
    messages.success(request, _("The sitting is called. The members get an email."))
    return redirect("desk:agenda", agenda.pk)


@signed_in
@require_GET
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """An agenda, for those who keep the committee's sittings and for its members."""
    agenda = reached(request, pk)
    record("see-agenda", agenda, actor=request.actor, at=timezone.now())
    return _page(request, agenda)


@requires(Permission.CONVENE)
@require_POST
def end(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Call the sitting off with a reason."""
    agenda = Agenda.objects.on_which(request.actor, Permission.CONVENE).get(pk=pk)
    reason = request.POST.get("reason", "").replace("\x00", "")
    try:
        call_off(agenda, reason, actor=request.actor, at=timezone.now())
    except ReviewError as error:
        told = {"error": error.text, "reason_typed": reason, "opened": "call-off"}
        return _page(request, agenda, status=UNPROCESSABLE, **told)
    messages.success(request, _("The sitting is called off. The members get an email."))
    return redirect("desk:agenda", pk)


def reached(request: PortalRequest, pk: UUID) -> Agenda:
    """An agenda, for those who keep the committee's sittings and for its members. Raises NotPermitted, DoesNotExist."""
    if not any(map(request.actor.holds_somewhere, (Permission.CONVENE, Permission.VOTE))):
        raise NotPermitted
    return agendas_of(request.actor).select_related("authority", "call_off").get(pk=pk)


def _page(request: PortalRequest, agenda: Agenda, *, status: int = 200, **typed: Any) -> HttpResponse:
    applications = [each.application for each in agenda.matters.select_related("application")]
    names = ServiceVersion.objects.names({each.service_version_id for each in applications})
    day = timezone.localdate(agenda.starts_at)
    papers = agenda.papers.first()
    context = {
        "agenda": agenda,
        "committee": territory().committees[agenda.committee],
        "authority": agenda.authority.name(on=day),
        "members": list(members(agenda.authority_id, agenda.committee, on=day)),
        "lines": [(each, names[each.service_version_id]) for each in applications],
        "may_convene": request.actor.holds(Permission.CONVENE, at=agenda.scope),
        "is_open": Agenda.objects.open().filter(pk=agenda.pk).exists(),
        "today": timezone.localdate(),
        "papers": papers,
        "bound": papers if papers and papers.finished_at else agenda.papers.exclude(finished_at=None).first(),
        **typed,
    }
    return render(request, "desk/agenda.html", context, status=status)


def _moment(day: str, hour: str) -> datetime | None:
    try:
        return timezone.make_aware(datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=None))
    except (ValueError, OverflowError):
        return None


def _ordered(request: PortalRequest) -> list[UUID]:
    """The applications that were numbered, in the order of their numbers. Raises AgendaUnfit."""
    numbered = []
    for name, number in request.POST.items():
        if name.startswith("order-") and number:
            try:
                numbered.append((int(str(number)[:3]), UUID(name.removeprefix("order-"))))
            except ValueError:
                raise AgendaUnfit from None
    return [pk for _number, pk in sorted(numbered)]
