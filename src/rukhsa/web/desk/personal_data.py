"""People's data, for the data protection officer: who looked at it and why, what is over, and erasing it by two."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import AgreementError, State
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.territory import territory
from rukhsa.errors import RukhsaError
from rukhsa.personal import dispute_hold, order, person_looks, retention
from rukhsa.personal.models import DisputeHold, ErasureOrder, Purpose
from rukhsa.personal.purpose import PersonalError
from rukhsa.personal.retention_rule import rules
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import agreement_offered
from rukhsa.web.desk.entries import ACTS
from rukhsa.web.sentences import sentence_for

A_LIST = 100


@requires(Permission.READ_LOOKS)
@require_http_methods(["GET", "POST"])
@transaction.atomic
def show(request: PortalRequest) -> HttpResponse:
    """GET shows the newest purposes; POST the looks at the person of a number, which stands in no address."""
    mine = request.actor.authorities_where(Permission.READ_LOOKS)
    number = request.POST.get("number", "").strip()[:20]
    applications = person_looks.applications_of(number, mine) if number else []
    entries = list(person_looks.entries_about(applications)[: A_LIST + 1]) if applications else []
    people = person_looks.people_of(entries)
    about = applications[0].applicant if applications else request.actor.person
    record(
        "see-looks" if applications else "see-purposes",
        about,
        actor=request.actor,
        at=timezone.now(),
        found=len(entries),
    )
    newest = Purpose.objects.on_which(request.actor, Permission.READ_LOOKS).select_related(
        "application", "person"
    )
    context = {
        "number": number,
        "applications": applications,
        "looks": [
            (each, ACTS.get(each.entry.act, each.entry.act), people[each.entry.actor].name)
            for each in person_looks.looks(entries[:A_LIST], applications)
            if each.entry.actor in people
        ],
        "has_more": len(entries) > A_LIST,
        "purposes": newest.defer("application__answers", "application__typed").order_by("-pk")[:A_LIST],
    }
    return render(request, "desk/people.html", context)


@requires(Permission.READ_LOOKS)
@require_GET
def over(request: PortalRequest) -> HttpResponse:
    """What is over by the rules of retention at the reader's authorities, and the orders to erase it."""
    record("see-retention", request.actor.person, actor=request.actor, at=timezone.now())
    return _over(request)


@requires(Permission.PROPOSE_ERASURE, fresh=True)
@require_POST
def propose(request: PortalRequest) -> HttpResponse:
    """Propose to erase what is over of a kind, or one application by its reference."""
    typed = {
        name: request.POST.get(name, "").replace("\x00", "").strip()[:400]
        for name in ("kind", "case", "reason")
    }
    at, actor = timezone.now(), request.actor
    try:
        if typed["case"]:
            mine = Application.objects.on_which(actor, Permission.PROPOSE_ERASURE)
            order.propose_one(mine.get(reference=typed["case"].upper()), typed["reason"], actor=actor, at=at)
        else:
            code = request.POST.get("authority", "")
            mine_too = Authority.objects.on_which(actor, Permission.PROPOSE_ERASURE)
            order.propose_kind(mine_too.get(code=code), typed["kind"], typed["reason"], actor=actor, at=at)
    except (AgreementError, PersonalError) as refused:
        return _over(request, error=refused, typed=typed)
    messages.success(request, _("Proposed. Another person must approve it."))
    return redirect("desk:retention")


@requires(Permission.APPROVE_ERASURE, fresh=True)
@require_POST
def act(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Approve or refuse an order; its proposer withdraws it by refusing."""
    found = ErasureOrder.objects.on_which(request.actor, Permission.APPROVE_ERASURE).get(pk=pk)
    at, reason = timezone.now(), request.POST.get("reason", "").replace("\x00", "")
    acts: dict[str, Callable[[], object]] = {
        "approve": lambda: order.approve_order(found, actor=request.actor, at=at),
        "refuse": lambda: order.refuse_order(found, reason, actor=request.actor, at=at),
    }
    if verb not in acts:
        raise Http404
    try:
        acts[verb]()
    except (AgreementError, PersonalError) as refused:
        return _over(request, error=refused)
    messages.success(request, _("Approved.") if verb == "approve" else _("It was refused."))
    return redirect("desk:retention")


@requires(Permission.PROPOSE_ERASURE, fresh=True)
@require_POST
def propose_hold(request: PortalRequest) -> HttpResponse:
    """Propose to keep an application, by its reference, for a dispute until a day."""
    names = ("held", "ground", "until", "hold_reason")
    typed = {name: request.POST.get(name, "").replace("\x00", "").strip()[:400] for name in names}
    mine = Application.objects.on_which(request.actor, Permission.PROPOSE_ERASURE)
    at, actor = timezone.now(), request.actor
    try:
        application = mine.get(reference=typed["held"].upper())
        until = date.fromisoformat(typed["until"])
        dispute_hold.propose_hold(
            application, typed["ground"], typed["hold_reason"], until, actor=actor, at=at
        )
    except ValueError:
        return _over(request, error=dispute_hold.HoldWithoutEnd(), typed=typed)
    except (AgreementError, PersonalError) as refused:
        return _over(request, error=refused, typed=typed)
    messages.success(request, _("Proposed. Another person must approve it."))
    return redirect("desk:retention")


@requires(Permission.APPROVE_ERASURE, fresh=True)
@require_POST
def act_on_hold(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Approve or refuse a hold or its lifting, or propose to lift one."""
    found = DisputeHold.objects.on_which(request.actor, Permission.APPROVE_ERASURE).get(pk=pk)
    at, actor, reason = timezone.now(), request.actor, request.POST.get("reason", "").replace("\x00", "")
    acts: dict[str, Callable[[], object]] = {
        "approve": lambda: dispute_hold.approve_hold(found, actor=actor, at=at),
        "refuse": lambda: dispute_hold.refuse_hold(found, reason, actor=actor, at=at),
        "lift": lambda: dispute_hold.propose_lift(found, reason, actor=actor, at=at),
    }
    if verb not in acts:
        raise Http404
    try:
        acts[verb]()
    except (AgreementError, PersonalError) as refused:
        return _over(request, error=refused)
    messages.success(request, _("Saved."))
    return redirect("desk:retention")


def _over(
    request: PortalRequest, *, error: RukhsaError | None = None, typed: dict[str, str] | None = None
) -> HttpResponse:
    mine = request.actor.authorities_where(Permission.READ_LOOKS)
    at = timezone.now()
    orders = ErasureOrder.objects.on_which(request.actor, Permission.READ_LOOKS)
    newest = orders.select_related("application", "proposed_by", "decided_by").order_by("-proposed_at")[
        :A_LIST
    ]
    names = {each.code: each.name(on=timezone.localdate(at)) for each in territory().authorities}
    context = {
        "due": list(retention.dry_run(at=at, authorities=mine)),
        "rules": [(kind, rule) for kind, rule in rules().items()],
        "authorities": [(code, names[code]) for code in sorted(mine) if code in names],
        "orders": [
            (each, rules().get(each.kind), agreement_offered(  # type: ignore[call-overload]
                proposer=each.proposed_by, waits=each.state == State.PROPOSED,
                may_decide=request.actor.holds(Permission.APPROVE_ERASURE, at=each.scope), actor=request.actor,
            ))
            for each in newest
        ],
        "holds": _holds(request.actor, at),
        "grounds": DisputeHold.Ground.choices,
        "tomorrow": timezone.localdate(at) + timedelta(days=1),
        "typed": typed or {},
        "error": sentence_for(error) if error else None,
    }  # fmt: skip
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, "desk/retention.html", context, status=status)


def _holds(actor: Actor, at: datetime) -> list[tuple[DisputeHold, dict[str, Any], bool]]:
    """The holds that keep an application and what waits to lift one: each with what the reader may do, and whether
    lifting it can be proposed."""
    ours = DisputeHold.objects.on_which(actor, Permission.READ_LOOKS)
    keeping = set(ours.in_force(at=at).values_list("pk", flat=True))
    shown = ours.filter(Q(pk__in=keeping) | Q(state=State.PROPOSED, lifts__in=keeping))
    people = shown.select_related("application", "proposed_by", "decided_by").order_by("until", "pk")
    rows = list(people.defer("application__answers", "application__typed")[:A_LIST])
    lifting = {each.lifts_id for each in rows}
    return [
        (
            each,
            agreement_offered(
                proposer=each.proposed_by,
                waits=each.waits,
                may_decide=actor.holds(Permission.APPROVE_ERASURE, at=each.scope),
                actor=actor,
            ),
            each.state == State.APPROVED and each.pk not in lifting,
        )
        for each in rows
    ]
