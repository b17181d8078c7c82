"""The authority's instruments: find one by its number, read its state, suspend, reinstate or revoke it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.instrument import reinstate, revoke, successor_of, suspend
from rukhsa.issuance.models import Instrument, Revocation, Status
from rukhsa.values.identifiers import folded_number, typed_number
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.sentences import sentence_of

A_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Change:
    """An act on an instrument, with its words."""

    permission: Permission
    verb: Callable[..., Any]
    label: Promise
    sure: Promise
    done: Promise


CHANGES = {
    "suspend": Change(
        permission=Permission.SUSPEND,
        verb=suspend,
        label=_("Suspend document"),
        sure=_(
            "Anyone who checks this document now sees that it is suspended. A supervisor can reinstate it."
        ),
        done=_("The document was suspended."),
    ),
    "reinstate": Change(
        permission=Permission.REINSTATE,
        verb=reinstate,
        label=_("Reinstate"),
        sure=_("Anyone who checks this document now sees that it is in force."),
        done=_("The document is in force again."),
    ),
    "revoke": Change(
        permission=Permission.REVOKE,
        verb=revoke,
        label=_("Revoke document"),
        sure=_("Revocation is permanent. The holder needs a new application for a new document."),
        done=_("The document was revoked."),
    ),
}

STATES: dict[str, Promise] = {
    Status.REVOKED: _("Revoked"),
    Status.SUPERSEDED: _("Replaced"),
    Status.SUSPENDED: _("Suspended"),
    Status.EXPIRED: _("Expired"),
    Status.NOT_YET_VALID: _("Not in force yet"),
    Status.VALID: _("In force"),
}
_STANDING = {Status.VALID, Status.NOT_YET_VALID, Status.EXPIRED}


@requires(Permission.READ_INSTRUMENTS)
@require_GET
@transaction.atomic
def show_all(request: PortalRequest) -> HttpResponse:
    """The newest instruments, or those whose number begins as searched for."""
    at = timezone.now()
    wanted = folded_number(request.GET.get("number", "").replace("\x00", ""))[:40]
    ours = Instrument.objects.on_which(request.actor, Permission.READ_INSTRUMENTS)
    found = ours.order_by("-released_at", "pk")
    if wanted:
        found = found.filter(intent__number__startswith=typed_number(wanted))
    # The keys first: in one query, the standing of every instrument would be computed.
    page = list(found.values_list("pk", flat=True)[: A_PAGE + 1])
    shown = list(found.filter(pk__in=page).with_standing().select_related("intent"))
    record("see-instruments", request.actor.person, actor=request.actor, at=at)
    names = ServiceVersion.objects.names({each.intent.service_version_id for each in shown})
    lines = [
        (each, names[each.intent.service_version_id], (state := each.status(at), STATES[state]))
        for each in shown[:A_PAGE]
    ]
    context = {"lines": lines, "wanted": wanted, "has_more": len(shown) > A_PAGE}
    return render(request, "desk/instruments.html", context)


@requires(Permission.READ_INSTRUMENTS)
@require_GET
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """An instrument: its state, what happened to it, and what can be done."""
    instrument = _reached(request.actor, pk)
    record("see-instrument", instrument, actor=request.actor, at=timezone.now())
    return _page(request, instrument)


@requires(Permission.READ_INSTRUMENTS, fresh=True)
@require_POST
def change(request: PortalRequest, pk: UUID, act: str) -> HttpResponse:
    """Suspend, reinstate or revoke: first the reason, then a confirmation."""
    if act not in CHANGES:
        raise Http404
    meant = CHANGES[act]
    request.actor.require_somewhere(meant.permission)
    instrument = _reached(request.actor, pk, meant.permission)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        error = _("Enter the reason. The holder can read it.")
        return _page(request, instrument, status=UNPROCESSABLE, error=error, opened=act)
    if "change" in request.POST:
        return _page(request, instrument, opened=act, reason=reason)
    if "confirmed" not in request.POST:
        context = {"instrument": instrument, "act": act, "meant": meant, "reason": reason}
        return render(request, "desk/confirm_change.html", context)
    try:
        meant.verb(instrument, reason=reason, actor=request.actor, at=timezone.now())
    except IssuanceError as error:
        return _page(
            request, _reached(request.actor, pk), status=UNPROCESSABLE, error=sentence_of(error.code)
        )
    messages.success(request, str(meant.done))
    return redirect("desk:instrument", pk=pk)


def _reached(actor: Actor, pk: UUID, *also: Permission) -> Instrument:
    needed = ("intent__application", "intent__service_version", "intent__authority")
    reached = Instrument.objects.on_which(actor, Permission.READ_INSTRUMENTS, *also)
    return reached.with_standing().select_related(*needed).get(pk=pk)


def _page(request: PortalRequest, instrument: Instrument, *, status: int = 200, **typed: Any) -> HttpResponse:
    state = instrument.status(timezone.now())
    possible = {
        "suspend": state in _STANDING,
        "reinstate": state == Status.SUSPENDED,
        "revoke": state in _STANDING | {Status.SUSPENDED},
    }
    context = {
        "instrument": instrument,
        "intent": instrument.intent,
        "application": instrument.intent.application,
        "may_open": request.actor.holds(Permission.READ_QUEUE, at=instrument.scope),
        "title": instrument.intent.service_version.definition.instrument.title,
        "state": (state, STATES[state]),
        "successor": successor_of(instrument),
        "suspensions": instrument.suspensions.select_related("actor", "reinstatement__actor").order_by("-at"),
        "revocation": Revocation.objects.filter(instrument=instrument).select_related("actor").first(),
        "changes": [
            (act, meant)
            for act, meant in CHANGES.items()
            if possible[act] and request.actor.holds(meant.permission, at=instrument.scope)
        ],
        **typed,
    }
    return render(request, "desk/instrument.html", context, status=status)
