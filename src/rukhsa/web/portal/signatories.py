"""Others who must agree: the applicant names them, and each reads the application and answers in an own sign-in."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.applications import signatory
from rukhsa.applications.application import NotEditable, is_open
from rukhsa.applications.models import Signatory
from rukhsa.applications.signatory import SignatoryRefused, content_of, standing_of
from rukhsa.values.identifiers import IdentifierError, parse_personal_number
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal.pages import application_of
from rukhsa.web.portal.submission import sections_shown
from rukhsa.web.sentences import sentence_of

UNPROCESSABLE = 422
STATES: dict[str, Promise] = {
    "agreed": _("Agreed"),
    "declined": _("Did not agree"),
    "changed": _("Answered, but the application has changed and they must agree again"),
    "waiting": _("No answer so far"),
    "over": _("Did not answer within 14 days"),
}


class SignatoryForm(forms.Form):
    """Who must agree: the personal number, and a phone for the message."""

    number = forms.CharField(max_length=40, error_messages={"required": _("Write the personal number.")})
    phone = forms.RegexField(
        regex=r"^\+?[0-9 ]{8,20}$",
        error_messages={
            "required": _("Write a phone number for the message."),
            "invalid": _("Write a phone number for the message."),
        },
    )

    def clean_number(self) -> str:
        """The personal number, as eKey tells it."""
        try:
            return parse_personal_number(self.cleaned_data["number"])
        except IdentifierError:
            raise forms.ValidationError(_("Write the personal number: nine digits.")) from None


@requires(Permission.APPLY)
@never_cache
@require_http_methods(["GET", "POST"])
def manage(request: PortalRequest, pk: UUID) -> HttpResponse:
    """GET shows who was named and how each stands; POST names, takes back, or asks again."""
    application, at = application_of(request, pk), timezone.now()
    form = SignatoryForm(request.POST if "number" in request.POST else None)
    error = None
    if request.method == "POST":
        try:
            if "again" in request.POST:
                signatory.ask_again(application, actor=request.actor, at=at)
            elif "remove" in request.POST:
                for named in application.signatories.all():
                    if str(named.pk) == request.POST["remove"]:
                        signatory.remove(named, actor=request.actor, at=at)
            elif form.is_valid():
                said = form.cleaned_data
                signatory.name(application, said["number"], said["phone"], actor=request.actor, at=at)
            if not form.is_bound or form.is_valid():
                return redirect("portal:signatories", pk)
        except SignatoryRefused as refused:
            error = sentence_of(refused.code)
        except NotEditable:
            return redirect("portal:application", pk)
    context = {
        "application": application,
        "definition": application.definition,
        "wanted": signatory.wanted_by(application),
        "named": [(each, STATES[each.state]) for each in standing_of(application, at=at)],
        "may_change": is_open(application, at=at),
        "form": form,
        "error": error,
    }
    status = UNPROCESSABLE if error or form.errors else 200
    return render(request, "portal/signatories.html", context, status=status)


@requires(Permission.APPLY)
@never_cache
@require_GET
def waiting(request: PortalRequest) -> HttpResponse:
    """The applications to which the person is asked to agree."""
    asked = Signatory.objects.of_person(request.actor, at=timezone.now())
    found = asked.select_related(
        "application__service_version", "application__applicant", "application__company"
    )
    return render(request, "portal/signing.html", {"asked": list(found.order_by("-asked_at")[:50])})


@requires(Permission.APPLY)
@never_cache
@require_http_methods(["GET", "POST"])
def sign_one(request: PortalRequest, pk: UUID) -> HttpResponse:
    """GET shows what the application says, and nothing else of it; POST agrees, or declines with a reason."""
    asked = Signatory.objects.of_person(request.actor, at=timezone.now())
    found = asked.select_related("application__service_version", "application__applicant").get(pk=pk)
    error = None
    if request.method == "POST":
        try:
            signatory.sign(
                found,
                agreed="agree" in request.POST,
                content=request.POST.get("content", ""),
                reason=request.POST.get("reason", ""),
                actor=request.actor,
                at=timezone.now(),
            )
            return redirect("portal:signing")
        except SignatoryRefused as refused:
            error = sentence_of(refused.code)
    application = found.application
    context = {
        "one": found,
        "application": application,
        "definition": application.definition,
        "sections": sections_shown(application),
        "files": application.attachments.present().order_by("added_at"),
        "content": content_of(application),
        "error": error,
    }
    return render(request, "portal/sign.html", context, status=UNPROCESSABLE if error else 200)
