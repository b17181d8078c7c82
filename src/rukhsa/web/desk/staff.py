"""The pages of an administrator: the authority's staff, invitations, posts, resets, and changes that wait for a second
person."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission, Role
from rukhsa.accounts.role_words import ROLES
from rukhsa.accounts.second_factor import has_second_factor
from rukhsa.agreement import AgreementError, State
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority, Post
from rukhsa.catalogue.territory import territory
from rukhsa.staff import change
from rukhsa.staff.change import StaffChange, StaffError
from rukhsa.staff.invitation import Invitation
from rukhsa.staff.session import sign_out
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE, agreement_offered
from rukhsa.web.desk.posts import InvitationForm, PostForm
from rukhsa.web.sentences import sentence_of

A_PAGE = 100
STATES = {
    State.PROPOSED: _("waiting for a second person"),
    State.APPROVED: _("approved"),
    State.REFUSED: _("refused"),
}
DONE = {
    "give": _("The post was given."),
    "end": _("The post was ended."),
    "reset": _("The account was reset. We sent a new link by email."),
    "link": _("We sent a new link by email."),
    "sign-out": _("The person's sessions were ended."),
}
WAITS = _("Waiting for another person to approve.")


@dataclass(frozen=True, kw_only=True)
class Held:
    """A post in words."""

    post: Post
    role: Promise
    authority: Text
    committee: Text
    is_held: bool


@dataclass(frozen=True, kw_only=True)
class HeldIn:
    """A role in words, and the authorities in which someone holds it."""

    role: Promise
    committee: Text
    authorities: list[Text]


@requires(Permission.APPROVE_STAFF)
@require_GET
def show_all(request: PortalRequest) -> HttpResponse:
    """The changes that wait for approval, and the staff of the reader's authorities, by page."""
    after = request.GET.get("after", "").replace("\x00", "")[:254]
    people = list(_people(request.actor).filter(email__gt=after).order_by("email")[: A_PAGE + 1])
    waiting = (
        StaffChange.objects.on_which(request.actor, Permission.APPROVE_STAFF)
        .filter(state=State.PROPOSED)
        .order_by("proposed_at")
    )
    record("see-staff", request.actor.person, actor=request.actor, at=timezone.now())
    held = _held(people[:A_PAGE], request.actor)
    context = {
        "members": [(each, _by_role(held.get(each.pk, []))) for each in people[:A_PAGE]],
        "after": people[A_PAGE - 1].email if len(people) > A_PAGE else "",
        "waiting": [
            _shown(each) for each in waiting.select_related("person", "authority", "proposed_by")[:A_PAGE]
        ],
        "may_manage": request.actor.holds_somewhere(Permission.MANAGE_STAFF),
    }
    return render(request, "desk/staff.html", context)


@requires(Permission.MANAGE_STAFF, fresh=True)
@require_http_methods(["GET", "POST"])
def invite(request: PortalRequest) -> HttpResponse:
    """Invite a new member of staff; the link is mailed when the post is given."""
    form = InvitationForm(request.actor, request.POST or None)
    error = None
    if request.method == "POST" and form.is_valid():
        newcomer = form.newcomer(request.LANGUAGE_CODE)
        try:
            made = change.welcome(newcomer, form.wanted(), actor=request.actor, at=timezone.now())
        except (AgreementError, StaffError) as refused:
            error = sentence_of(refused.code)
        else:
            messages.success(request, WAITS if isinstance(made, StaffChange) else DONE["link"])
            return redirect("desk:staff-member", made.person_id)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "desk/staff_invite.html", {"form": form, "error": error}, status=status)


@requires(Permission.APPROVE_STAFF)
@require_GET
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """A member of staff: posts, state of the account, and what can be done."""
    person = _people(request.actor).get(pk=pk)
    record("see-staff-member", person, actor=request.actor, at=timezone.now())
    return _page(request, person)


@requires(Permission.MANAGE_STAFF, fresh=True)
@require_POST
def act(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Give, replace or end a post; reset the account; send a new link; or sign the person out."""
    person, at = _people(request.actor, Permission.MANAGE_STAFF).get(pk=pk), timezone.now()
    acts: dict[str, Callable[[], object]] = {
        "give": lambda: _give(request, person, at),
        "end": lambda: change.end(_post(request, person), actor=request.actor, at=at),
        "reset": lambda: change.reset(person, _place(person, request.actor), actor=request.actor, at=at),
        "link": lambda: change.link_again(person, _place(person, request.actor), actor=request.actor, at=at),
        "sign-out": lambda: sign_out(person, why="administrator", by=request.actor.person, at=at),
    }
    if verb not in acts:
        raise Http404
    try:
        made = acts[verb]()
    except (AgreementError, StaffError) as refused:
        return _page(request, person, error=sentence_of(refused.code))
    if isinstance(made, PostForm):
        return _page(request, person, form=made)
    messages.success(request, WAITS if isinstance(made, StaffChange) else DONE[verb])
    # A person without a post is no longer among the staff that the reader sees.
    return (
        redirect("desk:staff-member", pk)
        if _people(request.actor).filter(pk=pk).exists()
        else redirect("desk:staff")
    )


@requires(Permission.APPROVE_STAFF)
@require_GET
def show_change(request: PortalRequest, pk: UUID) -> HttpResponse:
    """A proposed change, and what can be done with it."""
    proposed = _reach(request.actor, pk)
    record("see-staff-change", proposed, actor=request.actor, at=timezone.now())
    return _change_page(request, proposed)


@requires(Permission.APPROVE_STAFF, fresh=True)
@require_POST
def act_on_change(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Approve or refuse a change; its proposer withdraws it by refusing."""
    proposed, reason, at = _reach(request.actor, pk), request.POST.get("reason", ""), timezone.now()
    acts: dict[str, Callable[[], object]] = {
        "approve": lambda: change.approve(proposed, actor=request.actor, at=at),
        "refuse": lambda: change.refuse(proposed, reason, actor=request.actor, at=at),
    }
    if verb not in acts:
        raise Http404
    try:
        acts[verb]()
    except (AgreementError, StaffError) as refused:
        return _change_page(
            request, _reach(request.actor, pk), error=sentence_of(refused.code), reason=reason
        )
    messages.success(request, _("Done.") if verb == "approve" else _("It was refused."))
    return redirect("desk:staff-change", pk)


def _people(actor: Actor, permission: Permission = Permission.APPROVE_STAFF) -> QuerySet[Person]:
    """The staff with a past, present or future post at the authorities where the actor holds a permission."""
    waiting = StaffChange.objects.on_which(actor, permission).filter(state=State.PROPOSED)
    posts = Post.objects.filter(authority__in=actor.authorities_where(permission))
    return Person.objects.filter(Q(pk__in=posts.values("person")) | Q(pk__in=waiting.values("person")))


def _held(people: Iterable[Person], actor: Actor) -> dict[UUID, list[Held]]:
    """Their posts at the authorities of the actor, the latest first, by person, in as many queries for many."""
    today, committees = timezone.localdate(), territory().committees
    places = Authority.objects.filter(pk__in=actor.authorities_where(Permission.APPROVE_STAFF))
    names = {each.pk: each.name(on=today) for each in places}
    posts = Post.objects.filter(authority__in=names, person__in=people)
    held: dict[UUID, list[Held]] = {}
    for post in posts.order_by("-starts_on", "pk"):
        told = Held(
            post=post,
            role=ROLES[Role(post.role)],
            authority=names[str(post.authority_id)],
            committee=committees[post.committee].name if post.committee in committees else Text(),
            is_held=post.ends_on is None or post.ends_on >= today,
        )
        held.setdefault(post.person_id, []).append(told)
    return held


def _by_role(held: Iterable[Held]) -> list[HeldIn]:
    """What is held, a line for each role: who has one in four municipalities has it once, with four names."""
    lines: dict[tuple[str, str], HeldIn] = {}
    for each in held:
        if each.is_held:
            line = HeldIn(role=each.role, committee=each.committee, authorities=[])
            lines.setdefault((each.post.role, each.post.committee), line).authorities.append(each.authority)
    return list(lines.values())


def _give(request: PortalRequest, person: Person, at: datetime) -> object:
    """Give the post of the form; return the form if it is invalid."""
    form = PostForm(request.actor, request.POST)
    if not form.is_valid():
        return form
    other = _post(request, person) if request.POST.get("post") else None
    return change.give(person, form.wanted(instead_of=other), actor=request.actor, at=at)


def _post(request: PortalRequest, person: Person) -> Post:
    pk = request.POST.get("post", "")
    places = request.actor.authorities_where(Permission.MANAGE_STAFF)
    held = Post.objects.filter(person=person, authority__in=places).select_related("person")
    return held.get(pk=int(pk[:18]) if pk.isascii() and pk.isdigit() else 0)


def _place(person: Person, actor: Actor) -> str:
    """One of the actor's authorities where the person holds or held a post."""
    places = actor.authorities_where(Permission.MANAGE_STAFF)
    return str(Post.objects.filter(person=person, authority__in=places).latest("starts_on").authority_id)


def _reach(actor: Actor, pk: UUID) -> StaffChange:
    about = ("person", "authority", "proposed_by", "decided_by", "instead_of")
    return StaffChange.objects.on_which(actor, Permission.APPROVE_STAFF).select_related(*about).get(pk=pk)


def _shown(proposed: StaffChange) -> dict[str, Any]:
    committees = territory().committees
    return {
        "change": proposed,
        "role": ROLES[Role(proposed.role)] if proposed.role else "",
        "authority": proposed.authority.name(on=timezone.localdate()),
        "committee": committees[proposed.committee].name if proposed.committee in committees else Text(),
        "state": STATES[State(proposed.state)],
        "instead_of": ROLES[Role(proposed.instead_of.role)]
        if proposed.instead_of and proposed.act == "post"
        else "",
    }


def _page(request: PortalRequest, person: Person, **more: Any) -> HttpResponse:
    at = timezone.now()
    is_mine = person == request.actor.person
    waiting = (
        StaffChange.objects.on_which(request.actor, Permission.APPROVE_STAFF)
        .filter(person=person, state=State.PROPOSED)
        .select_related("person", "authority", "proposed_by")
    )
    held = _held([person], request.actor).get(person.pk, [])
    context = {
        "person": person,
        "held": [each for each in held if each.is_held],
        "before": [each for each in held if not each.is_held],
        "is_set_up": has_second_factor(person),
        "invitation": Invitation.objects.open(at=at).filter(person=person).order_by("-at").first(),
        "waiting": [_shown(each) for each in waiting],
        "ending": {each.instead_of_id for each in waiting if each.act == change.Act.END},
        "may_act": not is_mine
        and _people(request.actor, Permission.MANAGE_STAFF).filter(pk=person.pk).exists(),
        "by_two": bool(change.roles_of(person, at=at) & change.BY_TWO),
        "form": PostForm(request.actor),
        "error": None,
        **more,
    }
    status = UNPROCESSABLE if more else 200
    return render(request, "desk/staff_member.html", context, status=status)


def _change_page(
    request: PortalRequest, proposed: StaffChange, *, error: Promise | None = None, reason: str = ""
) -> HttpResponse:
    is_about_me = proposed.person == request.actor.person
    may = agreement_offered(
        proposer=proposed.proposed_by,
        waits=proposed.waits and not is_about_me,
        may_decide=request.actor.holds(Permission.APPROVE_STAFF, at=proposed.scope),
        actor=request.actor,
    )
    context = {**_shown(proposed), **may, "error": error, "reason": reason}
    return render(request, "desk/staff_change.html", context, status=UNPROCESSABLE if error else 200)
