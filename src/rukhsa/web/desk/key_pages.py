"""The page of keys and of issuing: until when keys last, who may make more, and stopping and starting issuing."""

from collections.abc import Callable
from itertools import groupby
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission, Role
from rukhsa.agreement import AgreementError, State
from rukhsa.audit.journal import record
from rukhsa.authorities.models import Post
from rukhsa.authorities.scope import TERRITORY
from rukhsa.catalogue.territory import territory
from rukhsa.issuance import site
from rukhsa.issuance.issuing_stop import (
    IssuingStop,
    NotStopped,
    approve_start,
    current_stop,
    propose_start,
    refuse_start,
    stop_at_desk,
)
from rukhsa.issuance.key_coverage import SOON, coverage
from rukhsa.issuance.models import StartProposal
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE, agreement_offered
from rukhsa.web.sentences import sentence_of

PURPOSES: dict[str, Promise] = {
    "seal": _p("key", "Facts of documents"),
    "pdf": _p("key", "Files"),
    "status": _p("key", "Status lists"),
    "log": _p("key", "The log"),
}


@requires(Permission.READ_HEALTH)
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """The keys of the reader's authorities by the published trust list, and for operators the stop of issuing."""
    record("see-keys", request.actor.person, actor=request.actor, at=timezone.now())
    return _page(request)


@requires(Permission.CONTROL_ISSUING, fresh=True)
@require_POST
def stop(request: PortalRequest) -> HttpResponse:
    """Stop issuing at once."""
    return _act(
        request,
        lambda reason: stop_at_desk(reason, actor=request.actor, at=timezone.now()),
        done=_("Issuing is stopped. Another operator must agree before it restarts."),
    )


@requires(Permission.CONTROL_ISSUING, fresh=True)
@require_POST
def ask_to_start(request: PortalRequest) -> HttpResponse:
    """Propose that issuing restarts."""
    return _act(
        request,
        lambda reason: propose_start(reason, actor=request.actor, at=timezone.now()),
        done=_("Waiting for another person to approve."),
    )


@requires(Permission.CONTROL_ISSUING, fresh=True)
@require_POST
def act_on_start(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Approve or refuse the restart; its proposer withdraws it by refusing."""
    proposal, at = StartProposal.objects.get(pk=pk), timezone.now()
    acts: dict[str, Callable[[str], object]] = {
        "approve": lambda reason: approve_start(proposal, actor=request.actor, at=at),
        "refuse": lambda reason: refuse_start(proposal, reason, actor=request.actor, at=at),
    }
    if verb not in acts:
        raise Http404
    done = _("Issuing restarts now.") if verb == "approve" else _("It was refused.")
    return _act(request, acts[verb], done=done)


def _act(request: PortalRequest, verb: Callable[[str], object], *, done: Promise) -> HttpResponse:
    reason = request.POST.get("reason", "").replace("\x00", "")[:400]
    try:
        verb(reason)
    except (AgreementError, NotStopped) as refused:
        return _page(request, error=sentence_of(refused.code), reason=reason)
    messages.success(request, str(done))
    return redirect("desk:key-health")


def _page(request: PortalRequest, *, error: Promise | None = None, reason: str = "") -> HttpResponse:
    actor, at = request.actor, timezone.now()
    found = coverage(actor.authorities_where(Permission.READ_HEALTH), at=at)
    listed = site.trust_list()
    held = current_stop()
    context = {
        "authorities": [
            (territory().authority(code).name(on=timezone.localdate()),
             [(each, PURPOSES[each.purpose]) for each in rows])
            for code, rows in groupby(found, key=lambda each: each.authority)
        ],
        "expires": listed.expires if listed else None,
        "expires_soon": listed is None or listed.expires <= at + SOON,
        "operators": _operators(),
        "stop": held,
        "may_control": actor.holds_somewhere(Permission.CONTROL_ISSUING),
        "error": error,
        "reason": reason,
        **_waiting(request, held),
    }  # fmt: skip
    return render(request, "desk/key_health.html", context, status=UNPROCESSABLE if error else 200)


def _waiting(request: PortalRequest, held: IssuingStop | None) -> dict[str, object]:
    waits = (
        held.start_proposals.filter(state=State.PROPOSED).select_related("proposed_by").first()
        if held
        else None
    )
    if waits is None:
        return {"proposal": None}
    may = request.actor.holds(Permission.CONTROL_ISSUING, at=TERRITORY)
    return {
        "proposal": waits,
        **agreement_offered(proposer=waits.proposed_by, waits=True, may_decide=may, actor=request.actor),
    }


def _operators() -> QuerySet[Person]:
    posts = Post.objects.in_force(on=timezone.localdate()).filter(role=Role.OPERATOR)
    return Person.objects.filter(pk__in=posts.values("person"), is_active=True).order_by("name_en")[:20]
