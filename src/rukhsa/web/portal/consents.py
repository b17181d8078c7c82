"""Who may act for whom: consents that the person gives, holds, asks for, and ends."""

from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.consents import consent
from rukhsa.consents.models import Consent
from rukhsa.values.identifiers import IdentifierError, parse_personal_number
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal.first_page import offered
from rukhsa.web.sentences import sentence_of

UNPROCESSABLE = 422
MOST_LISTED = 50


class ConsentForm(forms.Form):
    """Whose consent is asked for, for which services, until when."""

    owner = forms.CharField(
        max_length=40, error_messages={"required": _("Write the owner's personal number.")}
    )
    services = forms.MultipleChoiceField(error_messages={"required": _("Choose at least one service.")})
    until = forms.DateField(
        error_messages={"required": _("Choose the last day."), "invalid": _("Choose the last day.")}
    )

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.names: dict[str, Text] = {one.service: one.name for one in offered()}
        self.fields["services"].choices = [(id, id) for id in self.names]  # type: ignore[attr-defined]

    def clean_owner(self) -> str:
        """The personal number, as eKey tells it."""
        try:
            return parse_personal_number(self.cleaned_data["owner"])
        except IdentifierError:
            raise forms.ValidationError(_("Write the owner's personal number: nine digits.")) from None


@requires(Permission.APPLY)
@never_cache
@require_http_methods(["GET", "POST"])
def manage(request: PortalRequest) -> HttpResponse:
    """GET shows all consents of the person; POST asks an owner for one."""
    if request.method == "GET":
        return _page(request, ConsentForm())
    form = ConsentForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            consent.ask(
                said["owner"], said["services"], until=said["until"], actor=request.actor, at=timezone.now()
            )
        except consent.ConsentRefused as refused:
            form.add_error(
                "until" if refused.code == "consent-too-long" else "owner", str(sentence_of(refused.code))
            )
        else:
            return redirect("portal:consents")
    return _page(request, form, status=UNPROCESSABLE)


@requires(Permission.APPLY)
@require_POST
def answer(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Give or refuse a consent that names the person who signed in."""
    asked = Consent.objects.of_owner(request.actor).get(pk=pk)
    consent.answer(asked, given="give" in request.POST, actor=request.actor, at=timezone.now())
    return redirect("portal:consents")


@requires(Permission.APPLY)
@require_POST
def withdraw(request: PortalRequest, pk: UUID) -> HttpResponse:
    """End a consent at once, as its owner or as who holds it."""
    found = _reached(request.actor).get(pk=pk)
    consent.withdraw(found, actor=request.actor, at=timezone.now())
    return redirect("portal:consents")


def _reached(actor: Actor) -> QuerySet[Consent]:
    return Consent.objects.of_owner(actor) | Consent.objects.filter(
        pk__in=Consent.objects.held_by(actor.person, at=timezone.now()).values("pk")
    )


def _page(request: PortalRequest, form: ConsentForm, *, status: int = 200) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    own = Consent.objects.of_owner(actor).select_related("agent", "company").order_by("-asked_at")
    made = Consent.objects.filter(agent=actor.person, deed=None).waiting(at=at).order_by("-asked_at")
    held = Consent.objects.held_by(actor.person, at=at).select_related("answer__owner", "company")
    names = {one.service: one.definition.name for one in ServiceVersion.objects.offered()}
    context = {
        "form": form,
        "choices": sorted(form.names.items(), key=lambda pair: pair[1].ar),
        "chosen": request.POST.getlist("services"),
        "waiting": listed(own.waiting(at=at), names),
        "given": listed(own.in_force(at=at), names),
        "held": listed(held.order_by("until"), names),
        "made": listed(made, names),
        "checked": listed(_sent(actor), names),
        "may_ask": actor.represented is None,
    }
    return render(request, "portal/consents.html", context, status=status)


def _sent(actor: Actor) -> QuerySet[Consent]:
    """The documents of the person that wait for an officer, or were refused."""
    sent = Consent.objects.filter(agent=actor.person).exclude(deed=None).exclude(answer__given=True)
    return sent.select_related("deed", "answer").order_by("-asked_at")


def listed(
    consents: QuerySet[Consent], names: dict[str, Text]
) -> list[tuple[Consent, list[Text | Promise | str]]]:
    """Consents, each with the names of its services."""
    return [(one, [names.get(id, id) for id in one.services]) for one in consents[:MOST_LISTED]]
