"""An attempt in doubt: asking its gateway, and resolving it by the gateway's statement, by two of the staff."""

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
from rukhsa.agreement import AgreementError
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.payments.errors import PaymentsError
from rukhsa.payments.gateways.port import GatewayError
from rukhsa.payments.gateways.registry import names
from rukhsa.payments.models import Attempt, Resolution
from rukhsa.payments.outcome import settle
from rukhsa.payments.resolution import (
    approve_resolution,
    pending_resolution,
    propose_resolution,
    refuse_resolution,
)
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE, agreement_offered
from rukhsa.web.desk.charges import ATTEMPTS
from rukhsa.web.desk.purposes import require_purpose_once_decided
from rukhsa.web.sentences import sentence_of

OUTCOMES: dict[str, Promise] = {
    Resolution.Outcome.CAPTURED: _("The statement has it: paid, with this amount"),
    Resolution.Outcome.FAILED: _("The statement does not have it: not paid"),
}


@requires(Permission.READ_MONEY, Permission.APPROVE_PAYOUT)
@require_GET
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """The attempt, and what can be done with it."""
    attempt = _reach(request.actor, pk)
    record("see-attempt", attempt, actor=request.actor, at=timezone.now())
    return _page(request, attempt)


@requires(Permission.READ_MONEY, Permission.APPROVE_PAYOUT, fresh=True)
@require_POST
def act(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Ask the gateway, propose a resolution, approve it or refuse it."""
    attempt = _reach(request.actor, pk)
    acts: dict[str, Callable[[PortalRequest, Attempt], Promise | str]] = {
        "ask": _ask,
        "propose": _propose,
        "approve": _approve,
        "refuse": _refuse,
    }
    if verb not in acts:
        raise Http404
    try:
        done = acts[verb](request, attempt)
    except (AgreementError, PaymentsError) as refused:
        return _page(request, _reach(request.actor, pk), error=sentence_of(refused.code))
    messages.info(request, str(done))
    return redirect("desk:attempt", pk)


def _ask(request: PortalRequest, attempt: Attempt) -> Promise | str:
    at = timezone.now()
    record("ask-gateway", attempt, actor=request.actor, at=at)
    try:
        settled = settle(attempt, at=at)
    except GatewayError:
        return _("The gateway does not answer now. The payment did not change.")
    return _("The gateway says: %(state)s.") % {"state": ATTEMPTS[settled.state]}


def _propose(request: PortalRequest, attempt: Attempt) -> Promise:
    outcome, statement = request.POST.get("outcome", ""), request.POST.get("statement", "")
    propose_resolution(attempt, outcome, statement, actor=request.actor, at=timezone.now())
    return _("Waiting for another person to approve.")


def _approve(request: PortalRequest, attempt: Attempt) -> Promise:
    settled = approve_resolution(_waiting(attempt), actor=request.actor, at=timezone.now())
    return ATTEMPTS[settled.state]


def _refuse(request: PortalRequest, attempt: Attempt) -> Promise:
    reason = request.POST.get("reason", "")
    refuse_resolution(_waiting(attempt), reason, actor=request.actor, at=timezone.now())
    return _("It was refused.")


def _waiting(attempt: Attempt) -> Resolution:
    found = pending_resolution(attempt)
    if found is None:
        raise Resolution.DoesNotExist
    return found


def _reach(actor: Actor, pk: UUID) -> Attempt:
    ours = Attempt.objects.on_which(actor, Permission.READ_MONEY, Permission.APPROVE_PAYOUT)
    about = ("applicant", "queue_entry")
    attempt = ours.select_related(*(f"charge__application__{each}" for each in about)).get(pk=pk)
    if not Attempt.objects.unsettled().filter(pk=pk).exists():
        resolutions = attempt.at_gateway.resolutions.select_related("proposed_by", "decided_by")
        newest = resolutions.order_by("-proposed_at").first()
        require_purpose_once_decided(newest, attempt.charge.application, actor)
    return attempt


def _page(request: PortalRequest, attempt: Attempt, *, error: Promise | None = None) -> HttpResponse:
    waiting = pending_resolution(attempt)
    in_doubt = Attempt.objects.in_doubt().filter(pk=attempt.pk).exists()
    context = {
        "attempt": attempt,
        "application": attempt.charge.application,
        "gateway": names().get(attempt.gateway),
        "state": ATTEMPTS[attempt.state],
        "may_ask": in_doubt or attempt.is_open,
        "waiting": waiting,
        "said": OUTCOMES[waiting.outcome] if waiting else None,
        **agreement_offered(
            proposer=waiting.proposed_by if waiting else None,
            waits=waiting is not None,
            may_decide=request.actor.holds(Permission.APPROVE_PAYOUT, at=attempt.scope),
            actor=request.actor,
        ),
        "outcomes": OUTCOMES.items()
        if in_doubt and not waiting and request.actor.holds(Permission.PROPOSE_PAYOUT, at=attempt.scope)
        else [],
        "typed": request.POST,
        "error": error,
    }
    return render(request, "desk/attempt.html", context, status=UNPROCESSABLE if error else 200)
