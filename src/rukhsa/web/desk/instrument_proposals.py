"""What a second person does about a document: approves or refuses its suspension, revocation or correction."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.authorities.actor import Actor
from rukhsa.issuance.correction import approve_correction, refuse_correction
from rukhsa.issuance.models import CorrectionProposal, RevocationProposal
from rukhsa.issuance.revocation_proposal import approve_revocation, refuse_revocation
from rukhsa.issuance.suspension import approve_suspension, confirm, refuse_suspension, waiting_suspension
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.desk.instrument_refusals import REFUSALS, sentence
from rukhsa.web.desk.instruments import page, reached

type Acts = dict[str, Callable[[str, Actor, datetime], object]]  # by the last word of the address

REFUSED = _("It was refused.")


@requires(Permission.SUSPEND, fresh=True)
@require_POST
def act_on_revocation(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Approve or refuse the proposal to revoke; its proposer withdraws it by refusing."""
    ours = RevocationProposal.objects.on_which(request.actor, Permission.SUSPEND)
    proposal = ours.select_related("instrument").get(pk=pk)
    acts = _of_second_person(proposal, approve_revocation, refuse_revocation)
    done = {"approve": _("The document was revoked."), "refuse": REFUSED}
    return _carry_out(request, proposal.instrument_id, verb, acts, done)


@requires(Permission.SUSPEND, fresh=True)
@require_POST
def act_on_correction(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Approve or refuse the proposal to correct; its proposer withdraws it by refusing."""
    ours = CorrectionProposal.objects.on_which(request.actor, Permission.SUSPEND)
    proposal = ours.select_related("instrument").get(pk=pk)
    acts = _of_second_person(proposal, approve_correction, refuse_correction)
    approved = _("Approved. The new version is being issued, and the holder is told.")
    return _carry_out(request, proposal.instrument_id, verb, acts, {"approve": approved, "refuse": REFUSED})


@requires(Permission.SUSPEND, fresh=True)
@require_POST
def act_on_suspension(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Approve or refuse a proposal to suspend this document, or confirm what one person did at once."""
    instrument = reached(request.actor, pk, Permission.SUSPEND)
    acts: Acts = {"confirm": lambda _reason, actor, at: confirm(instrument, actor=actor, at=at)}
    if proposal := waiting_suspension(instrument):
        acts |= _of_second_person(proposal, approve_suspension, refuse_suspension)
    done = {
        "confirm": _("Confirmed. The document stays suspended."),
        "approve": _("The document is suspended."),
        "refuse": REFUSED,
    }
    return _carry_out(request, pk, verb, acts, done)


def _of_second_person(proposal: Any, approve: Callable[..., object], refuse: Callable[..., object]) -> Acts:
    return {
        "approve": lambda _reason, actor, at: approve(proposal, actor=actor, at=at),
        "refuse": lambda reason, actor, at: refuse(proposal, reason, actor=actor, at=at),
    }


def _carry_out(
    request: PortalRequest, pk: UUID, verb: str, acts: Acts, done: Mapping[str, Promise]
) -> HttpResponse:
    """Do one of the acts on a document; what is refused is told on its page, with the reason that was typed."""
    if verb not in acts:
        raise Http404
    reason = request.POST.get("reason", "").replace("\x00", "")
    try:
        acts[verb](reason, request.actor, timezone.now())
    except REFUSALS as error:
        told = sentence(error)
        return page(request, reached(request.actor, pk), status=UNPROCESSABLE, error=told, reason=reason)
    messages.success(request, str(done[verb]))
    return redirect("desk:instrument", pk=pk)
