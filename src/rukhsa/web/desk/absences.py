"""The page of absences: saying that one is away, the deputy, and for supervisors who is away at the authority."""

from collections.abc import Callable, Collection
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import AgreementError, State
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.mandates.absence import Absence, come_back, go_away
from rukhsa.mandates.deputy import (
    Deputy,
    NotADeputy,
    approve_deputy,
    examiners,
    propose_deputy,
    refuse_deputy,
)
from rukhsa.mandates.errors import MandateError
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE, day_in
from rukhsa.web.sentences import sentence_of

DONE = {
    "away": _("The absence is recorded. The deputy has the applications and mandates until then."),
    "back": _("Welcome back. The applications and mandates are yours alone again."),
    "name": _("Proposed. Another person must sign it."),
    "approve": _("Signed. The deputy acts whenever the officer is away."),
    "refuse": _("It was refused."),
    "withdraw": _("The proposal was withdrawn."),
}


@requires(Permission.CHECK)
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """One's own absence and deputy; for those who propose mandates, the officers who are away and their deputies."""
    record("see-absences", request.actor.person, actor=request.actor, at=timezone.now())
    return _page(request)


@requires(Permission.CHECK)
@require_POST
def act(request: PortalRequest, verb: str) -> HttpResponse:
    """Go away, come back, or name a deputy: for oneself, or for an officer of one's authority as a supervisor."""
    at, posted = timezone.now(), request.POST
    officer = _person(posted.get("officer", "")) if posted.get("officer") else request.actor.person
    acts: dict[str, Callable[[], object]] = {
        "away": lambda: go_away(officer, day_in(posted.get("until", "")), actor=request.actor, at=at),
        "back": lambda: come_back(officer, actor=request.actor, at=at),
        "name": lambda: propose_deputy(
            officer,
            _person(posted.get("deputy", "")),
            posted.get("authority", "")[:4],
            actor=request.actor,
            at=at,
        ),
        "withdraw": lambda: _withdraw(request, at),
    }
    return _done(request, verb, acts)


def _withdraw(request: PortalRequest, at: datetime) -> None:
    """Take back a deputy whom one proposed, so that another can be named."""
    actor, reason = request.actor, request.POST.get("reason", "").replace("\x00", "")
    mine = Deputy.objects.filter(
        authority__in=actor.authorities_where(Permission.CHECK), proposed_by=actor.person
    )
    named = next((each for each in mine if str(each.pk) == request.POST.get("named")), None)
    if named is None:
        raise NotADeputy
    refuse_deputy(named, reason, actor=actor, at=at)


@requires(Permission.APPROVE_MANDATE, fresh=True)
@require_POST
def act_on_deputy(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Sign or refuse a deputy."""
    actor, at = request.actor, timezone.now()
    named = Deputy.objects.on_which(actor, Permission.APPROVE_MANDATE).get(pk=pk)
    reason = request.POST.get("reason", "").replace("\x00", "")
    acts: dict[str, Callable[[], object]] = {
        "approve": lambda: approve_deputy(named, actor=actor, at=at),
        "refuse": lambda: refuse_deputy(named, reason, actor=actor, at=at),
    }
    return _done(request, verb, acts)


def _done(request: PortalRequest, verb: str, acts: dict[str, Callable[[], object]]) -> HttpResponse:
    if verb not in acts:
        raise Http404
    back = "desk:absences" if request.actor.holds_somewhere(Permission.CHECK) else "desk:mandates"
    try:
        acts[verb]()
    except (AgreementError, MandateError) as refused:
        said = refused.text if isinstance(refused, MandateError) else sentence_of(refused.code)
        if back == "desk:absences":
            return _page(request, error=said)
        messages.error(request, str(said))
    else:
        messages.success(request, str(DONE[verb]))
    return redirect(back)


def _page(request: PortalRequest, *, error: Promise | str | None = None) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    me, ours = actor.person, actor.authorities_where(Permission.CHECK)
    watched = actor.authorities_where(Permission.PROPOSE_MANDATE)
    mine = Absence.objects.in_force(at=at).filter(officer=me).select_related("deputy")
    away = Absence.objects.in_force(at=at).filter(authority__in=watched).exclude(officer=me)
    context = {
        "mine": list(mine),
        "deputies": list(Deputy.objects.signed().filter(officer=me).select_related("deputy", "authority")),
        "away": list(away.select_related("officer", "deputy", "authority").order_by("until")[:100]),
        "deputies_waiting": deputies_waiting(ours),
        "may_sign": actor.authorities_where(Permission.APPROVE_MANDATE),
        "places": _places(actor, at),
        "watched": watched,
        "today": timezone.localdate(at),
        "error": error,
    }
    return render(request, "desk/absences.html", context, status=UNPROCESSABLE if error else 200)


def deputies_waiting(authorities: Collection[str]) -> list[Deputy]:
    """The deputies at these authorities that wait for a second signature, the oldest first."""
    waiting = Deputy.objects.filter(authority__in=authorities, state=State.PROPOSED)
    return list(waiting.select_related("officer", "deputy", "proposed_by").order_by("proposed_at")[:50])


def _places(actor: Actor, at: datetime) -> list[tuple[Authority, list[Person]]]:
    """The authorities where the actor examines, each with the people who could be deputies there."""
    found = Authority.objects.filter(pk__in=actor.authorities_where(Permission.CHECK)).order_by("ordinal")
    return [
        (each, list(Person.objects.filter(pk__in=examiners(each.pk, at=at)).order_by("name_en")[:200]))
        for each in found
    ]


def _person(text: str) -> Person:
    try:
        return Person.objects.get(pk=UUID(text))
    except (ValueError, Person.DoesNotExist):
        raise NotADeputy from None
