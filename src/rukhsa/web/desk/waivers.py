"""The pages of waivers: those that wait for a second person, and approving or refusing one."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import AgreementError, State
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.payments.errors import PaymentsError
from rukhsa.payments.models import Waiver
from rukhsa.payments.waiver import approve_waiver, refuse_waiver
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE, agreement_offered
from rukhsa.web.desk.charges import WAIVERS
from rukhsa.web.desk.purposes import require_purpose_once_decided
from rukhsa.web.reckoning import lines_of
from rukhsa.web.sentences import sentence_of

A_LIST = 50
_ABOUT = (
    "charge__application__applicant",
    "charge__application__queue_entry",
    "charge__application__service_version",
    "proposed_by",
    "decided_by",
)


@requires(Permission.READ_MONEY)
@require_GET
def show_all(request: PortalRequest) -> HttpResponse:
    """The waiting ones, the longest first, and the last decided ones."""
    ours = Waiver.objects.on_which(request.actor, Permission.READ_MONEY).select_related(*_ABOUT)
    waiting = list(ours.filter(state=State.PROPOSED).order_by("proposed_at")[: A_LIST + 1])
    decided = ours.exclude(state=State.PROPOSED).order_by("-decided_at")[:20]
    record("see-waivers", request.actor.person, actor=request.actor, at=timezone.now())
    context = {
        "waiting": waiting[:A_LIST],
        "has_more": len(waiting) > A_LIST,
        "decided": [(each, WAIVERS[each.state]) for each in decided],
    }
    return render(request, "desk/waivers.html", context)


@requires(Permission.READ_MONEY)
@require_GET
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """A waiver, and what can be done with it."""
    waiver = _reach(request.actor, pk, Permission.READ_MONEY)
    record("see-waiver", waiver, actor=request.actor, at=timezone.now())
    return _page(request, waiver)


@requires(Permission.PROPOSE_WAIVER, fresh=True)
@require_POST
def act(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Approve or refuse a waiver; its proposer withdraws it by refusing."""
    waiver = _reach(request.actor, pk, Permission.PROPOSE_WAIVER)
    reason = request.POST.get("reason", "")
    acts: dict[str, Callable[[], object]] = {
        "approve": lambda: approve_waiver(waiver, actor=request.actor, at=timezone.now()),
        "refuse": lambda: refuse_waiver(waiver, reason, actor=request.actor, at=timezone.now()),
    }
    if verb not in acts:
        raise Http404
    try:
        acts[verb]()
    except (AgreementError, PaymentsError) as refused:
        return _page(
            request,
            _reach(request.actor, pk, Permission.PROPOSE_WAIVER),
            error=sentence_of(refused.code),
            reason=reason,
        )
    messages.success(request, _("Waived.") if verb == "approve" else _("It was refused."))
    return redirect("desk:waiver", pk)


def _reach(actor: Actor, pk: UUID, permission: Permission) -> Waiver:
    """A waiver where the actor holds the permission; raise DoesNotExist otherwise, and PurposeMissing."""
    waiver = Waiver.objects.on_which(actor, permission).select_related(*_ABOUT).get(pk=pk)
    require_purpose_once_decided(waiver, waiver.charge.application, actor)
    return waiver


def _page(
    request: PortalRequest, waiver: Waiver, *, error: Promise | str | None = None, reason: str = ""
) -> HttpResponse:
    waits = waiver.waits
    context = {
        "waiver": waiver,
        "charge": waiver.charge,
        "application": waiver.charge.application,
        "definition": waiver.charge.application.definition,
        "line": next(line for line in lines_of(waiver.charge) if line.rule == waiver.rule),
        "state": WAIVERS[waiver.state],
        **agreement_offered(
            proposer=waiver.proposed_by,
            waits=waits,
            may_decide=request.actor.holds(Permission.APPROVE_WAIVER, at=waiver.scope),
            actor=request.actor,
        ),
        "error": error,
        "reason": reason,
    }
    return render(request, "desk/waiver.html", context, status=UNPROCESSABLE if error else 200)
