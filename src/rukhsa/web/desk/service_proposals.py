"""A text that waits to be published: what it changes, and the second person who approves or refuses it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import AgreementError, State
from rukhsa.audit.journal import record
from rukhsa.catalogue.definition import read_definition_text
from rukhsa.catalogue.models import ServiceProposal
from rukhsa.catalogue.picture import draw
from rukhsa.catalogue.problems import CatalogueError
from rukhsa.catalogue.propose import approve, refuse
from rukhsa.catalogue.territory import territory
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.desk.agreements import offered
from rukhsa.web.desk.catalogue import told
from rukhsa.web.sentences import sentence_of


@requires(Permission.PROPOSE_SERVICE)
@require_GET
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """The proposal with its text, its picture and what it changes."""
    proposal = _reach(pk)
    record("see-service-proposal", proposal, actor=request.actor, at=timezone.now())
    return _page(request, proposal)


@requires(Permission.PROPOSE_SERVICE, fresh=True)
@require_POST
def act(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Approve it, refuse it, or take it back."""
    proposal, reason, at = _reach(pk), request.POST.get("reason", ""), timezone.now()
    acts: dict[str, Callable[[], object]] = {
        "approve": lambda: approve(proposal, actor=request.actor, at=at),
        "refuse": lambda: refuse(proposal, reason, actor=request.actor, at=at),
    }
    if verb not in acts:
        raise Http404
    try:
        acts[verb]()
    except AgreementError as refused:
        return _page(request, _reach(pk), error=sentence_of(refused.code), reason=reason)
    except CatalogueError as refused:
        return _page(request, _reach(pk), error=told(refused), reason=reason)
    messages.success(request, _("It is published.") if verb == "approve" else _("It was refused."))
    return redirect("desk:service-proposal", pk)


def _reach(pk: UUID) -> ServiceProposal:
    return ServiceProposal.objects.select_related("proposed_by", "based_on", "decided_by").get(pk=pk)


def _page(
    request: PortalRequest, proposal: ServiceProposal, *, error: Promise | str | None = None, reason: str = ""
) -> HttpResponse:
    definition = read_definition_text(proposal.source_text, file="proposal.yaml").value
    waits = proposal.state == State.PROPOSED
    drawn = draw(definition, territory(), request.LANGUAGE_CODE)
    context = {
        "proposal": proposal,
        "definition": definition,
        "difference": proposal.difference.get(request.LANGUAGE_CODE),
        "picture": mark_safe(drawn),  # noqa: S308 - the drawing escapes every text of the definition
        "waits": waits,
        **offered(
            proposer=proposal.proposed_by,
            waits=waits,
            may_decide=all(
                request.actor.holds(Permission.PUBLISH_SERVICE, at=each) for each in proposal.scopes
            ),
            actor=request.actor,
        ),
        "error": error,
        "reason": reason,
    }
    return render(request, "desk/service_proposal.html", context, status=UNPROCESSABLE if error else 200)
