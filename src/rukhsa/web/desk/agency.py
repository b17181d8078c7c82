"""The pages of an agency's coordinator: its people and its standard conditions; and naming a coordinator."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rukhsa.accounts.permissions import Permission, Role
from rukhsa.accounts.role_words import ROLES
from rukhsa.accounts.second_factor import has_second_factor
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Agency
from rukhsa.review.condition import StandardCondition, add_standard, end_standard
from rukhsa.review.errors import ReviewError
from rukhsa.staff.agency_staff import end_at_agency, link_again_at_agency, posts_at, welcome_to_agency
from rukhsa.staff.change import Newcomer, StaffError
from rukhsa.values.names import Text
from rukhsa.verification.relying_key import RelyingKey, TooManyKeys, end_key, make_key
from rukhsa.verification.webhook import AddressRefused, Webhook, end_webhook, register_webhook
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.desk.inputs import dress
from rukhsa.web.sentences import sentence_of
from rukhsa.web.templatetags.texts import text


class AgencyInvitationForm(forms.Form):
    """A new person of an agency; the person chooses the password by the link."""

    email = forms.EmailField(label=_("Work email address"), widget=forms.EmailInput(attrs={"dir": "ltr"}))
    name_ar = forms.CharField(label=_("Name in Arabic"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    agency = forms.ChoiceField(label=_("Agency"))
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, agencies: QuerySet[Agency], roles: tuple[Role, ...], *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        fields: dict[str, Any] = self.fields
        fields["agency"].choices = [(each.pk, text(each.name)) for each in agencies]
        fields["role"].choices = [(role.value, ROLES[role]) for role in roles]
        dress(self)

    def carry_out(self, *, actor: Actor, at: datetime) -> None:
        """Invite the person. Raises StaffError."""
        said = self.cleaned_data
        names = {name: said[name].strip() for name in ("name_ar", "name_en")}
        newcomer = Newcomer(email=said["email"].strip(), language=get_language() or "ar", **names)
        agency = Agency.objects.get(pk=said["agency"])
        welcome_to_agency(newcomer, agency, Role(said["role"]), actor=actor, at=at)


@requires(Permission.COORDINATE_AGENCY)
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """The people of the coordinator's agency, and its standard conditions."""
    record("see-agency", request.actor.person, actor=request.actor, at=timezone.now())
    return _page(request)


@requires(Permission.COORDINATE_AGENCY, fresh=True)
@require_http_methods(["GET", "POST"])
def invite(request: PortalRequest) -> HttpResponse:
    """Invite a person to the coordinator's own agency."""
    agencies = Agency.objects.filter(pk__in=_coordinated(request.actor)).order_by("code")
    return _invite(request, agencies, (Role.AGENCY_OFFICER, Role.AGENCY_COORDINATOR), back="desk:agency")


@requires(Permission.MANAGE_STAFF, fresh=True)
@require_http_methods(["GET", "POST"])
def name_coordinator(request: PortalRequest) -> HttpResponse:
    """Invite the coordinator of any agency, as an administrator of an authority that asks it."""
    return _invite(request, Agency.objects.order_by("code"), (Role.AGENCY_COORDINATOR,), back="desk:staff")


@requires(Permission.COORDINATE_AGENCY)
@require_POST
def act_on_post(request: PortalRequest, pk: int, verb: str) -> HttpResponse:
    """End a post, or send its person a new link."""
    at, agencies = timezone.now(), _coordinated(request.actor)
    post = get_object_or_404(posts_at(agencies, at=at), pk=pk)
    acts: dict[str, Callable[[], object]] = {
        "end": lambda: end_at_agency(post, actor=request.actor, at=at),
        "link": lambda: link_again_at_agency(post, actor=request.actor, at=at),
    }
    if verb not in acts:
        raise Http404
    try:
        acts[verb]()
    except StaffError as refused:
        return _page(request, status=UNPROCESSABLE, error=sentence_of(refused.code))
    ended = verb == "end"
    messages.success(request, _("The post was ended.") if ended else _("We sent a new link by email."))
    return redirect("desk:agency")


@requires(Permission.COORDINATE_AGENCY)
@require_POST
def add_condition(request: PortalRequest) -> HttpResponse:
    """Add a standard condition, in both languages."""
    said = {name: request.POST.get(name, "").replace("\x00", "") for name in ("ar", "en")}
    agency = _posted_agency(request)
    try:
        add_standard(agency, Text(**said), actor=request.actor, at=timezone.now())
    except ReviewError as error:
        return _page(request, status=UNPROCESSABLE, error=error.text, typed=said)
    messages.success(request, _("The condition was added."))
    return redirect("desk:agency")


@requires(Permission.COORDINATE_AGENCY)
@require_POST
def end_condition(request: PortalRequest, pk: int) -> HttpResponse:
    """Offer a standard condition no more."""
    ours = StandardCondition.objects.filter(agency__in=_coordinated(request.actor)).select_related("agency")
    end_standard(ours.get(pk=pk), actor=request.actor, at=timezone.now())
    messages.success(request, _("The condition was removed. Answers that have it keep it."))
    return redirect("desk:agency")


@requires(Permission.COORDINATE_AGENCY, fresh=True)
@require_POST
def make_system_key(request: PortalRequest) -> HttpResponse:
    """Make a key for the agency's system, and show its secret once."""
    agency = _posted_agency(request)
    name = request.POST.get("name", "").replace("\x00", "")
    try:
        may_answer = "may-answer" in request.POST
        secret = make_key(agency, name, may_answer=may_answer, actor=request.actor, at=timezone.now())
    except TooManyKeys as many:
        return _page(request, status=UNPROCESSABLE, error=sentence_of(many.code))
    return _page_shown_once(request, secret=secret)


@requires(Permission.COORDINATE_AGENCY)
@require_POST
def end_system_key(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Let a key open nothing any more."""
    ours = RelyingKey.objects.filter(agency__in=_coordinated(request.actor)).select_related("agency")
    end_key(ours.get(pk=pk), actor=request.actor, at=timezone.now())
    messages.success(request, _("The key was ended."))
    return redirect("desk:agency")


@requires(Permission.COORDINATE_AGENCY, fresh=True)
@require_POST
def register_address(request: PortalRequest) -> HttpResponse:
    """Register the address that is told of changes, and show the secret of its signatures once."""
    agency = _posted_agency(request)
    address = request.POST.get("address", "").replace("\x00", "")
    try:
        hook = register_webhook(agency, address, actor=request.actor, at=timezone.now())
    except AddressRefused as refused:
        return _page(request, status=UNPROCESSABLE, error=sentence_of(refused.code), address_typed=address)
    return _page_shown_once(request, webhook_secret=hook.secret)


@requires(Permission.COORDINATE_AGENCY)
@require_POST
def end_address(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Send nothing to an address any more."""
    ours = Webhook.objects.filter(agency__in=_coordinated(request.actor)).select_related("agency")
    end_webhook(ours.get(pk=pk), actor=request.actor, at=timezone.now())
    messages.success(request, _("We no longer send messages to this address."))
    return redirect("desk:agency")


def _coordinated(actor: Actor) -> frozenset[str]:
    return actor.agencies_where(Permission.COORDINATE_AGENCY)


def _posted_agency(request: PortalRequest) -> Agency:
    """The agency that a form names, where the actor coordinates it."""
    posted = request.POST.get("agency", "")[:40]
    return get_object_or_404(Agency, pk__in=_coordinated(request.actor), pk=posted)


def _page_shown_once(request: PortalRequest, **secret: Any) -> HttpResponse:
    """The page with a secret, which no browser keeps."""
    response = _page(request, **secret)
    response["Cache-Control"] = "no-store"
    return response


def _invite(
    request: PortalRequest, agencies: QuerySet[Agency], roles: tuple[Role, ...], *, back: str
) -> HttpResponse:
    form = AgencyInvitationForm(agencies, roles, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "back": back}
    if request.method == "POST" and form.is_valid():
        try:
            form.carry_out(actor=request.actor, at=timezone.now())
        except StaffError as refused:
            context["error"] = sentence_of(refused.code)
        else:
            messages.success(request, _("We sent a link by email."))
            return redirect(back)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "desk/agency_invite.html", context, status=status)


def _page(request: PortalRequest, *, status: int = 200, **typed: Any) -> HttpResponse:
    at, agencies = timezone.now(), _coordinated(request.actor)
    posts = posts_at(agencies, at=at)
    context = {
        "posts": [(post, ROLES[Role(post.role)], has_second_factor(post.person)) for post in posts],
        "agencies": Agency.objects.filter(pk__in=agencies).order_by("code"),
        "standard": StandardCondition.objects.filter(agency__in=agencies, ended_at=None),
        "keys": RelyingKey.objects.filter(agency__in=agencies, ended_at=None).select_related("made_by"),
        "webhooks": Webhook.objects.filter(agency__in=agencies, ended_at=None),
        **typed,
    }
    return render(request, "desk/agency.html", context, status=status)
