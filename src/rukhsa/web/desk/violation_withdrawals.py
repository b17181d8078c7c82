"""Withdrawing a confirmed violation by two: what one person proposes on its page, and what the second does about it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import AgreementError
from rukhsa.payments.attempt import OutcomeUnknown
from rukhsa.violations.models import WithdrawalProposal
from rukhsa.violations.violation import ViolationError
from rukhsa.violations.withdrawal import approve_withdrawal, propose_withdrawal, refuse_withdrawal
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.violations import page, reached
from rukhsa.web.sentences import sentence_for


@requires(Permission.RECORD_VIOLATION, fresh=True)
@require_POST
def propose(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Propose to withdraw a confirmed violation."""
    violation, reason = reached(request.actor, pk, Permission.RECORD_VIOLATION), _reason(request)
    return _carry_out(
        request,
        pk,
        lambda: propose_withdrawal(violation, reason, actor=request.actor, at=timezone.now()),
        done=_("Proposed. Another person must approve it."),
    )


@requires(Permission.RECORD_VIOLATION, fresh=True)
@require_POST
def act(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Approve or refuse the proposal to withdraw; its proposer takes it back by refusing."""
    ours = WithdrawalProposal.objects.on_which(request.actor, Permission.RECORD_VIOLATION)
    proposal = ours.select_related("violation").get(pk=pk)
    at, actor = timezone.now(), request.actor
    acts: dict[str, tuple[Callable[[], object], Promise]] = {
        "approve": (
            lambda: approve_withdrawal(proposal, actor=actor, at=at),
            _("The violation was withdrawn."),
        ),
        "refuse": (
            lambda: refuse_withdrawal(proposal, _reason(request), actor=actor, at=at),
            _("It was refused."),
        ),
    }
    if verb not in acts:
        raise Http404
    verb_of_it, done = acts[verb]
    return _carry_out(request, proposal.violation_id, verb_of_it, done=done)


def _reason(request: PortalRequest) -> str:
    return request.POST.get("reason", "").replace("\x00", "")


def _carry_out(
    request: PortalRequest, violation: UUID, act: Callable[[], object], *, done: Promise
) -> HttpResponse:
    """Do an act; what is refused is told on the page of the violation, with the reason that was typed."""
    try:
        act()
    except OutcomeUnknown:
        told: Promise | str = _("The fine is being paid just now. Try again when the payment has ended.")
    except (AgreementError, ViolationError) as refused:
        told = sentence_for(refused)
    else:
        messages.success(request, str(done))
        return redirect("desk:violation", violation)
    return page(request, reached(request.actor, violation), error=told, reason=_reason(request))
