"""One charge for finance and officers: its rows, who tried to pay it, what came of it, and asking for a waiver."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import AgreementError, State
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.payments.charge import PAYABLE
from rukhsa.payments.errors import PaymentsError
from rukhsa.payments.gateways.registry import names
from rukhsa.payments.models import Attempt, Charge
from rukhsa.payments.waiver import propose_waiver
from rukhsa.values.money import Money, MoneyError
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.reckoning import lines_of
from rukhsa.web.sentences import sentence_of

DUES: dict[str, Promise] = {
    Charge.Due.AT_SUBMISSION: _("Due at submission"),
    Charge.Due.AFTER_INSPECTION: _("Due after the visit"),
    Charge.Due.AFTER_DECISION: _("Due after the decision"),
}
ATTEMPTS: dict[str, Promise] = {
    Attempt.State.INITIATED: _("Begun, not answered yet"),
    Attempt.State.REDIRECTED: _("At the gateway, no end yet"),
    Attempt.State.CAPTURED: _("Paid"),
    Attempt.State.FAILED: _("Failed"),
    Attempt.State.CANCELLED: _("Cancelled"),
    Attempt.State.VOIDED: _("Taken back by the gateway"),
    Attempt.State.DENIED: _("Denied by the gateway"),
    Attempt.State.EXPIRED: _("Expired"),
    Attempt.State.NEEDS_REVIEW: _("Needs somebody to look at it"),
}
WAIVERS: dict[str, Promise] = {
    State.PROPOSED: _("Waits for approval"),
    State.APPROVED: _("Waived"),
    State.REFUSED: _("Refused"),
}


@requires(Permission.READ_MONEY)
@require_GET
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """The charge; looking is a journal entry."""
    charge = reach(request.actor, pk, Permission.READ_MONEY)
    record("see-charge", charge, actor=request.actor, at=timezone.now())
    return _page(request, charge)


@requires(Permission.PROPOSE_WAIVER)
@require_POST
def waive(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Ask that a part or all of one row be waived."""
    charge = reach(request.actor, pk, Permission.PROPOSE_WAIVER)
    typed = {name: request.POST.get(name, "").strip() for name in ("rule", "amount", "reason")}
    try:
        money = Money.parse(typed["amount"], charge.currency)
        made = propose_waiver(
            charge, typed["rule"], money, typed["reason"], actor=request.actor, at=timezone.now()
        )
    except MoneyError:
        return _page(request, charge, error=sentence_of("bad-amount"), typed=typed)
    except (AgreementError, PaymentsError) as refused:
        return _page(request, charge, error=sentence_of(refused.code), typed=typed)
    messages.success(request, _("It waits for another person's approval."))
    return redirect("desk:waiver", made.pk)


def reach(actor: Actor, pk: UUID, permission: Permission) -> Charge:
    """A charge at whose authority the actor holds the permission; DoesNotExist out of reach."""
    needed = ("application__applicant", "application__company", "application__service_version", "receipt")
    charges = Charge.objects.on_which(actor, permission)
    return charges.select_related(*needed).prefetch_related("lines").get(pk=pk)


def _page(
    request: PortalRequest,
    charge: Charge,
    *,
    error: Promise | str | None = None,
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    application = charge.application
    named = names()
    is_newest = Charge.objects.newest(application, charge.due) == charge
    attempts = charge.attempts.select_related("refund").order_by("-started_at")
    context: dict[str, Any] = {
        "charge": charge,
        "application": application,
        "definition": application.definition,
        "lines": lines_of(charge),
        "due": DUES[charge.due],
        "replaced": not is_newest,
        "attempts": [(each, named.get(each.gateway), ATTEMPTS[each.state]) for each in attempts],
        "waivers": [(each, WAIVERS[each.state]) for each in charge.waivers.order_by("proposed_at")],
        "may_waive": request.actor.holds(Permission.PROPOSE_WAIVER, at=charge.scope)
        and is_newest
        and not hasattr(charge, "receipt")
        and application.stage in PAYABLE,
        "may_open": request.actor.holds(Permission.READ_QUEUE, at=charge.scope),
        "error": error,
        "typed": typed or {},
    }
    return render(request, "desk/charge.html", context, status=UNPROCESSABLE if error else 200)
