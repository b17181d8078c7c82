"""Where two officers decide: the first proposes, the second confirms or disagrees."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.review import proposal as proposing
from rukhsa.review.decision import Decision
from rukhsa.review.proposal import Proposal
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk import case
from rukhsa.web.desk.acts import UNPROCESSABLE, carry_out


@requires(Permission.DECIDE)
@require_POST
def propose(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Propose to grant or to refuse, with reasons."""
    typed = {
        field: request.POST.get(field, "").replace("\x00", "").strip()
        for field in ("outcome", "reasons", "legal_basis")
    }
    if typed["outcome"] not in Decision.Outcome.values:
        application = case.reached(request.actor, pk, Permission.DECIDE)
        shown = {"decision_typed": typed, "opened": "decide", "error": _CHOOSE}
        return case.page(request, application, at=timezone.now(), status=UNPROCESSABLE, **shown)

    def act(application: Application, at: datetime) -> None:
        proposing.propose(application, **typed, actor=request.actor, at=at)

    done = _("Proposed. Another officer confirms it or disagrees.")
    return carry_out(request, pk, Permission.DECIDE, act, done=done, decision_typed=typed, opened="decide")


@requires(Permission.DECIDE)
@require_POST
def confirm(request: PortalRequest, pk: UUID, proposal: int) -> HttpResponse:
    """Confirm what the first officer proposed: the decision is taken."""

    def act(application: Application, at: datetime) -> None:
        proposing.confirm(_of(application, proposal), actor=request.actor, at=at)

    return carry_out(
        request, pk, Permission.DECIDE, act, done=_("The decision is taken. The applicant is told now.")
    )


@requires(Permission.DECIDE)
@require_POST
def disagree(request: PortalRequest, pk: UUID, proposal: int) -> HttpResponse:
    """Do not confirm, and say why."""
    reasons = request.POST.get("reasons", "").replace("\x00", "")

    def act(application: Application, at: datetime) -> None:
        proposing.disagree(_of(application, proposal), reasons, actor=request.actor, at=at)

    done = _("Sent back to the first officer with your reasons.")
    return carry_out(
        request, pk, Permission.DECIDE, act, done=done, disagreement_typed=reasons, opened="disagree"
    )


def _of(application: Application, proposal: int) -> Proposal:
    return Proposal.objects.get(pk=proposal, application=application)


_CHOOSE = _("Choose whether the application is granted or refused.")
