"""The pages of mandates: who may decide what on a day, one mandate, and proposing, signing and ending it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rukhsa.accounts.permissions import Permission, Role
from rukhsa.accounts.role_words import ROLES
from rukhsa.agreement import AgreementError, State
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority, Post, PostQuerySet
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import territory
from rukhsa.mandates.errors import MandateError
from rukhsa.mandates.mandate import (
    Act,
    Extent,
    Mandate,
    acts_of,
    approve_mandate,
    end_mandate,
    propose_mandate,
    refuse_mandate,
)
from rukhsa.mandates.models import Absence
from rukhsa.review.decider import decided_by_rule, seats
from rukhsa.values.money import EXPONENTS, Money
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.absences import deputies_waiting
from rukhsa.web.desk.acts import UNPROCESSABLE, agreement_offered, day_in
from rukhsa.web.desk.inputs import dress
from rukhsa.web.desk.staff import STATES
from rukhsa.web.sentences import sentence_of
from rukhsa.web.templatetags.texts import text

MOST = 200  # that wait for a signature
A_PAGE = 50  # posts
LAST_PAGE = 2000
ACTS: dict[str, Promise] = {
    Act.GRANT: _p("mandate", "approve"),
    Act.REFUSE: _p("mandate", "refuse"),
    Act.WAIVE: _p("mandate", "waive fees"),
    Act.FORFEIT: _p("mandate", "keep deposits"),
    Act.SUSPEND: _p("mandate", "suspend documents"),
    Act.REINSTATE: _p("mandate", "reinstate documents"),
    Act.REVOKE: _p("mandate", "revoke documents"),
    Act.CORRECT: _p("mandate", "correct documents"),
}
DONE = {
    "approve": _("Signed. The mandate holds from its first day."),
    "refuse": _("It was refused."),
    "end": _("The mandate has ended."),
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """A mandate in words."""

    mandate: Mandate
    acts: list[Promise]
    subject: Text | None  # None: every service
    services: list[Text]


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A post that could decide, who is away from it, and what its mandates allow."""

    post: Post
    role: Promise
    mandates: list[Told]
    absence: Absence | None


@requires(Permission.READ_MANDATES)
@require_GET
def show_all(request: PortalRequest) -> HttpResponse:
    """Who may decide what on a day, today unless another is chosen, and what waits for a second signature."""
    actor, now = request.actor, timezone.now()
    day = day_in(request.GET.get("day", ""))
    at = now if day == timezone.localdate(now) else timezone.make_aware(datetime.combine(day, time(12)))
    ours = actor.authorities_where(Permission.READ_MANDATES)
    signing = actor.authorities_where(Permission.APPROVE_MANDATE)
    authorities = list(Authority.objects.filter(pk__in=ours).order_by("ordinal"))
    page = _page_number(request.GET.get("page", ""))
    holders = _holders(ours, at, page)
    waiting = Mandate.objects.on_which(actor, Permission.READ_MANDATES).filter(state=State.PROPOSED)
    waiting = waiting.select_related("post__person", "proposed_by").order_by("proposed_at")[:MOST]
    record("see-mandates", actor.person, actor=actor, at=now, day=str(day))
    context = {
        "day": day,
        "is_today": at == now,
        "groups": _groups(authorities, holders[:A_PAGE], on=day, begins=page == 1),
        "before": page - 1,
        "after": page + 1 if len(holders) > A_PAGE else 0,
        "seats": seats(authorities, on=day) if page == 1 else [],
        "by_rule": decided_by_rule(on=day) if page == 1 else [],
        "is_first": page == 1,
        "waiting": _told(waiting),
        "deputies_waiting": deputies_waiting(signing),
        "may_sign": signing,
        "may_propose": actor.authorities_where(Permission.PROPOSE_MANDATE),
    }
    return render(request, "desk/mandates.html", context)


@requires(Permission.READ_MANDATES)
@require_GET
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """A mandate, who signed it, and what can be done with it."""
    mandate = _reach(request.actor, pk)
    record("see-mandate", mandate, actor=request.actor, at=timezone.now())
    return _page(request, mandate)


@requires(Permission.READ_MANDATES, fresh=True)
@require_POST
def act(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Sign, refuse or end a mandate; its proposer withdraws it by refusing."""
    mandate, at = _reach(request.actor, pk), timezone.now()
    reason = request.POST.get("reason", "").replace("\x00", "")
    acts: dict[str, Callable[[], object]] = {
        "approve": lambda: approve_mandate(mandate, actor=request.actor, at=at),
        "refuse": lambda: refuse_mandate(mandate, reason, actor=request.actor, at=at),
        "end": lambda: end_mandate(mandate, reason, actor=request.actor, at=at),
    }
    if verb not in acts:
        raise Http404
    try:
        acts[verb]()
    except (AgreementError, MandateError) as refused:
        return _page(request, _reach(request.actor, pk), error=_sentence(refused), reason=reason, opened=verb)
    messages.success(request, DONE[verb])
    return redirect("desk:mandate", pk)


class MandateForm(forms.Form):
    """What the holder of a post is to decide."""

    acts = forms.MultipleChoiceField(label=_("May"), widget=forms.CheckboxSelectMultiple)
    subject = forms.ChoiceField(label=_("For"), required=False)
    services = forms.MultipleChoiceField(
        label=_("Only these services (choose none for all)"), required=False, widget=forms.SelectMultiple
    )
    starts_on = forms.DateField(label=_("From"))
    ends_on = forms.DateField(label=_("Until (leave empty for no last day)"), required=False)
    limit = forms.DecimalField(
        label=_("Up to which amount (leave empty for any)"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=3,
    )

    def __init__(self, post: Post, data: object = None) -> None:
        today = timezone.localdate()
        super().__init__(data, initial={"starts_on": today})  # type: ignore[arg-type]
        fields: dict[str, Any] = self.fields
        fields["acts"].choices = [(each.value, ACTS[each]) for each in acts_of(Role(post.role))]
        subjects = territory().mandates.items()
        fields["subject"].choices = [("", _("Every service")), *((key, text(name)) for key, name in subjects)]
        named = ServiceVersion.objects.offered().values_list("service", "meaning__name")
        fields["services"].choices = [(key, text(Text(**name))) for key, name in named]
        dress(self)

    def extent(self) -> Extent:
        """What the form asks for; the amount in minor units of the territory's currency."""
        said = self.cleaned_data
        currency = territory().currency
        limit = said.pop("limit")
        minor = None if limit is None else int(limit * 10 ** EXPONENTS[currency])
        return Extent(**said, limit=None if minor is None else Money(minor=minor, currency=currency))


@requires(Permission.PROPOSE_MANDATE, fresh=True)
@require_http_methods(["GET", "POST"])
def propose(request: PortalRequest, post: int) -> HttpResponse:
    """Propose a mandate for a post; a second person signs it."""
    ours = request.actor.authorities_where(Permission.PROPOSE_MANDATE)
    held = Post.objects.select_related("person", "office", "authority").get(pk=post, authority__in=ours)
    form, error = MandateForm(held, request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            mandate = propose_mandate(held, form.extent(), actor=request.actor, at=timezone.now())
        except (AgreementError, MandateError) as refused:
            error = _sentence(refused)
        else:
            messages.success(request, _("Proposed. Another person must sign it."))
            return redirect("desk:mandate", mandate.pk)
    context = {"post": held, "role": ROLES[Role(held.role)], "form": form, "error": error}
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "desk/mandate_form.html", context, status=status)


def _page_number(typed: str) -> int:
    return min(max(int(typed), 1), LAST_PAGE) if typed.isascii() and typed.isdecimal() else 1


def _deciding(on: date) -> PostQuerySet:
    return Post.objects.in_force(on=on).filter(role__in=[role for role in Role if acts_of(role)])


def _groups(
    authorities: Collection[Authority], holders: list[Holder], *, on: date, begins: bool
) -> list[tuple[Text, list[Holder]]]:
    """The posts of a page by authority; on the first page the authorities too where no post can decide."""
    empty: set[str] = set()
    if begins:
        here = Exists(_deciding(on).filter(authority=OuterRef("pk")))
        without = Authority.objects.filter(~here, pk__in=[each.pk for each in authorities])
        empty = set(without.values_list("pk", flat=True))
    of_page = [(each, [one for one in holders if one.post.authority_id == each.pk]) for each in authorities]
    return [(each.name(on=on), held) for each, held in of_page if held or each.pk in empty]


def _holders(authorities: Collection[str], at: datetime, page: int) -> list[Holder]:
    """The posts of a page, and one more where there are more."""
    posts = _deciding(timezone.localdate(at)).filter(authority__in=authorities)
    ordered = posts.order_by("authority__ordinal", "office__code", "person__name_en", "pk")
    first = (page - 1) * A_PAGE
    shown = list(ordered.select_related("person", "office")[first : first + A_PAGE + 1])
    people = {post.person_id for post in shown}
    mandates = Mandate.objects.in_force(at=at).filter(post__in=shown).select_related("post")
    told = _told(mandates.order_by("subject", "starts_on"))
    away = {
        (each.officer_id, each.authority_id): each
        for each in Absence.objects.in_force(at=at)
        .filter(authority__in=authorities, officer__in=people)
        .select_related("deputy")
    }
    return [
        Holder(
            post=post,
            role=ROLES[Role(post.role)],
            mandates=[each for each in told if each.mandate.post_id == post.pk],
            absence=away.get((post.person_id, post.authority_id or "")),
        )
        for post in shown
    ]


def _told(mandates: Iterable[Mandate]) -> list[Told]:
    found = list(mandates)
    named = {service for each in found for service in each.services}
    versions = ServiceVersion.objects.current().filter(service__in=named) if named else ()
    names = {each.service: each.definition.name for each in versions}
    subjects = territory().mandates
    return [
        Told(
            mandate=each,
            acts=[ACTS[act] for act in each.acts],
            subject=subjects.get(each.subject) if each.subject else None,
            services=[names.get(service, Text(ar=service, en=service)) for service in each.services],
        )
        for each in found
    ]


def _page(
    request: PortalRequest,
    mandate: Mandate,
    *,
    error: Promise | str | None = None,
    reason: str = "",
    opened: str = "",
) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    [told] = _told([mandate])
    is_holder = mandate.post.person_id == actor.person.pk
    ended = getattr(mandate, "end", None)
    offered = agreement_offered(
        proposer=mandate.proposed_by,
        waits=mandate.waits and not is_holder,
        may_decide=actor.holds(Permission.APPROVE_MANDATE, at=mandate.scope),
        actor=actor,
    )
    context = {
        "told": told,
        "mandate": mandate,
        "role": ROLES[Role(mandate.post.role)],
        "state": STATES[State(mandate.state)],
        "ended": ended,
        "may_end": mandate.state == State.APPROVED
        and ended is None
        and actor.holds(Permission.PROPOSE_MANDATE, at=mandate.scope),
        "in_force": Mandate.objects.in_force(at=at).filter(pk=mandate.pk).exists(),
        **offered,
        "error": error,
        "reason": reason,
        "opened": opened,
    }
    return render(request, "desk/mandate.html", context, status=UNPROCESSABLE if error else 200)


def _reach(actor: Actor, pk: UUID) -> Mandate:
    needed = ("post__person", "post__office", "proposed_by", "decided_by", "end__by")
    return Mandate.objects.on_which(actor, Permission.READ_MANDATES).select_related(*needed).get(pk=pk)


def _sentence(refused: AgreementError | MandateError) -> Promise | str:
    return refused.text if isinstance(refused, MandateError) else sentence_of(refused.code)
