"""The pages of what an institution sets itself: holidays, texts, reasons, offices, committees …; by two people."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import AgreementError, State
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import TERRITORY
from rukhsa.catalogue import in_force
from rukhsa.catalogue.models import TerritoryChange
from rukhsa.catalogue.territory_change import approve_change, exported, propose_change, refuse_change
from rukhsa.delivery import letter_text, message_text
from rukhsa.errors import RukhsaError
from rukhsa.review.closed_day import NotADay, moved_by
from rukhsa.review.committee import CommitteeHasWork, CommitteeUnfit
from rukhsa.review.office_work import OfficeHasWork, OfficeUnfit
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE, agreement_offered
from rukhsa.web.desk.institution_forms import work_told
from rukhsa.web.desk.settings_forms import KINDS, Kind, told, values_in_force
from rukhsa.web.desk.staff import STATES
from rukhsa.web.sentences import sentence_of

A_LIST = 100
# What these say of a value is more than that it is not possible.
_SAID = (
    AgreementError,
    message_text.BadWording,
    NotADay,
    OfficeUnfit,
    OfficeHasWork,
    CommitteeUnfit,
    CommitteeHasWork,
)


@requires(Permission.APPROVE_CHANGE)
@require_GET
def show_all(request: PortalRequest) -> HttpResponse:
    """What can be changed, and what waits for a second person."""
    ours = TerritoryChange.objects.on_which(request.actor, Permission.APPROVE_CHANGE)
    waiting = ours.filter(state=State.PROPOSED).select_related("proposed_by").order_by("proposed_at")
    record("see-settings", request.actor.person, actor=request.actor, at=timezone.now())
    context = {"kinds": KINDS.items(), "waiting": [_line(each) for each in waiting[:A_LIST]]}
    return render(request, "desk/settings.html", context)


@requires(Permission.APPROVE_CHANGE)
@require_GET
def show_kind(request: PortalRequest, kind: str) -> HttpResponse:
    """What is in force of a kind and since when, what waits, and the last changes with who made them."""
    about = _kind(kind)
    ours = TerritoryChange.objects.on_which(request.actor, Permission.APPROVE_CHANGE).filter(kind=kind)
    changes = list(ours.select_related("proposed_by", "decided_by").order_by("-proposed_at")[:A_LIST])
    since = {each.key: each for each in reversed(changes) if each.state == State.APPROVED}
    record("see-settings", request.actor.person, actor=request.actor, at=timezone.now(), kind=kind)
    context = {
        "kind": kind,
        "about": about,
        "rows": [(key, told(value), since.get(key)) for key, value in values_in_force(kind).items()],
        "history": [_line(each) for each in changes],
        "may_propose": request.actor.holds_somewhere(Permission.PROPOSE_CHANGE),
    }
    return render(request, "desk/settings_of.html", context)


@requires(Permission.PROPOSE_CHANGE, fresh=True)
@require_http_methods(["GET", "POST"])
def change(request: PortalRequest, kind: str, key: str) -> HttpResponse:
    """The form of one thing, `new` for one more: a preview first, then the proposal."""
    request.actor.require(Permission.PROPOSE_CHANGE, at=TERRITORY)  # the verb asks at the place of the change
    about, key = _kind(kind), "" if key == "new" else key
    found = values_in_force(kind)
    if (key and key not in found) or (not key and not about.may_add):
        raise Http404
    form = about.form(request.actor, key, found.get(key), request.POST or None)
    shown: dict[str, Any] = {}
    error: Promise | str | None = None
    act = request.POST.get("act", "")
    if request.method == "POST" and (form.is_valid() or (act == "remove" and form.has_reason())):
        name, authority = form.named() if act != "remove" else form.of_key()
        value = form.removed(found.get(name)) if act == "remove" else form.value()
        since = form.cleaned_data.get("effective_on") or timezone.localdate()
        made = TerritoryChange(
            kind=kind, key=name, authority_id=authority, value=value, before=found.get(name),
            reason=form.data.get("reason", ""), effective_on=since,
        )  # fmt: skip
        try:
            if act in {"propose", "remove"}:
                propose_change(made, actor=request.actor, at=timezone.now())
                messages.success(request, _("Waiting for another person to approve."))
                return redirect("desk:territory-change", made.pk)
            shown = _effect(made)
        except RukhsaError as refused:
            error = _said(refused)
    context = {"kind": kind, "about": about, "key": key, "form": form, "error": error, "shown": shown}
    if kind == in_force.OFFICE and key:
        context["work"] = work_told(key)
    status = UNPROCESSABLE if request.method == "POST" and not shown else 200
    return render(request, "desk/settings_form.html", context, status=status)


@requires(Permission.APPROVE_CHANGE)
@require_GET
def show_change(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One change: before and after, why, what it brings, and what can be done with it."""
    return _page(request, _reach(request.actor, pk))


@requires(Permission.APPROVE_CHANGE, fresh=True)
@require_POST
def act_on_change(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Approve or refuse a change, or propose to undo one."""
    found, at = _reach(request.actor, pk), timezone.now()
    reason = request.POST.get("reason", "").replace("\x00", "")
    acts: dict[str, Callable[[], TerritoryChange]] = {
        "approve": lambda: approve_change(found, actor=request.actor, at=at),
        "refuse": lambda: refuse_change(found, reason, actor=request.actor, at=at),
        "undo": lambda: propose_change(_undoing(found, reason), actor=request.actor, at=at),
    }
    if verb not in acts:
        raise Http404
    try:
        made = acts[verb]()
    except RukhsaError as refused:
        if not isinstance(refused, AgreementError) and refused.code == "not-permitted":
            raise
        return _page(request, _reach(request.actor, pk), error=_said(refused), reason=reason)
    said = {"approve": _("Approved. It takes effect on its first day."), "refuse": _("It was refused.")}
    messages.success(request, str(said.get(verb, _("Waiting for another person to approve."))))
    return redirect("desk:territory-change", made.pk)


@requires(Permission.APPROVE_CHANGE)
@require_GET
def export(request: PortalRequest) -> HttpResponse:
    """What the desk changed, as YAML for the territory's folder."""
    record("export-settings", request.actor.person, actor=request.actor, at=timezone.now())
    answer = HttpResponse(exported(on=timezone.localdate()), content_type="application/yaml; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="changed-at-the-desk.yaml"'
    return answer


def _kind(kind: str) -> Kind:
    if kind not in KINDS:
        raise Http404
    return KINDS[kind]


def _reach(actor: Actor, pk: UUID) -> TerritoryChange:
    ours = TerritoryChange.objects.on_which(actor, Permission.APPROVE_CHANGE)
    return ours.select_related("proposed_by", "decided_by", "authority").get(pk=pk)


def _undoing(found: TerritoryChange, reason: str) -> TerritoryChange:
    if found.state != State.APPROVED:
        raise Http404
    return TerritoryChange(
        kind=found.kind, key=found.key, authority=found.authority, value=found.before, before=found.value,
        reason=reason, effective_on=timezone.localdate(),
    )  # fmt: skip


def _line(found: TerritoryChange) -> dict[str, Any]:
    return {"change": found, "kind": KINDS[found.kind].name, "state": STATES[State(found.state)]}


def _effect(found: TerritoryChange) -> dict[str, Any]:
    """What a change brings: whose terms move, or how a message looks with an example. Raises RukhsaError."""
    shown: dict[str, Any] = {"before": told(found.before) if found.before else [], "after": told(found.value)}
    if found.kind == in_force.CLOSED_DAY:
        shown["moves"] = moved_by(found.key, found.authority_id).count()
    if found.kind == in_force.OFFICE:
        shown["work"] = work_told(found.key)
    if found.kind == in_force.NOTICE and found.value:
        message_text.check(found.key, found.value)
        shown["examples"] = [
            (name, message_text.example(found.key, found.value[name], name)) for name in ("ar", "en")
        ]
    if found.kind == in_force.LETTER and found.value:
        letter_text.check_letter(found.key, found.value)
        at = timezone.now()
        shown["letters"] = [
            (name, letter_text.letter_example(found.value, name, at=at)) for name in ("ar", "en")
        ]
    return shown


def _said(refused: RukhsaError) -> Promise | str:
    about = getattr(refused, "about", "")
    code = refused.code if isinstance(refused, _SAID) else "not-a-value"
    return str(sentence_of(code)).format(about=about) if about else sentence_of(code)


def _page(
    request: PortalRequest, found: TerritoryChange, *, error: Promise | str | None = None, reason: str = ""
) -> HttpResponse:
    record("see-settings", request.actor.person, actor=request.actor, at=timezone.now(), kind=found.kind)
    context = {
        **_line(found),
        "shown": _effect(found),
        "may_undo": found.state == State.APPROVED
        and request.actor.holds(Permission.PROPOSE_CHANGE, at=found.scope),
        **agreement_offered(
            proposer=found.proposed_by,
            waits=found.waits,
            may_decide=request.actor.holds(Permission.APPROVE_CHANGE, at=found.scope),
            actor=request.actor,
        ),
        "error": error,
        "reason": reason,
    }
    return render(request, "desk/territory_change.html", context, status=UNPROCESSABLE if error else 200)
