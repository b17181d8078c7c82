"""Acting for another by a document: a power of attorney, or a birth certificate, sent for an officer's check."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.applications import blobs
from rukhsa.applications.attachment import plain_name
from rukhsa.applications.file_check import LARGEST_FILE, BadFile, check_file
from rukhsa.catalogue.territory import majority
from rukhsa.consents import deed
from rukhsa.consents.consent import ConsentRefused
from rukhsa.consents.models import Consent
from rukhsa.values.identifiers import IdentifierError, parse_personal_number
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal.first_page import offered
from rukhsa.web.sentences import sentence_of

UNPROCESSABLE = 422
DAY = _("Choose a day.")


class DeedForm(forms.Form):
    """For whom, by which document, for which services, until when."""

    basis = forms.ChoiceField(
        choices=[(each, each) for each in (Consent.Basis.POWER, Consent.Basis.PARENT)],
        error_messages={
            "required": _("Choose what you act by."),
            "invalid_choice": _("Choose what you act by."),
        },
    )
    number = forms.CharField(max_length=40, error_messages={"required": _("Write the personal number.")})
    name = forms.CharField(max_length=120, error_messages={"required": _("Write the name.")})
    birth = forms.DateField(required=False, error_messages={"invalid": DAY})
    until = forms.DateField(required=False, error_messages={"invalid": DAY})
    services = forms.MultipleChoiceField(error_messages={"required": _("Choose at least one service.")})
    file = forms.FileField(
        error_messages={"required": _("Choose the document."), "empty": _("Choose the document.")}
    )

    def __init__(self, data: object = None, files: object = None) -> None:
        super().__init__(data, files)  # type: ignore[arg-type]
        self.names = {one.service: one.name for one in offered()}
        self.fields["services"].choices = [(id, id) for id in self.names]  # type: ignore[attr-defined]

    def clean_number(self) -> str:
        """The personal number, as eKey tells it."""
        try:
            return parse_personal_number(self.cleaned_data["number"])
        except IdentifierError:
            raise forms.ValidationError(_("Write the personal number: nine digits.")) from None

    def clean(self) -> dict[str, object]:
        """The birth date of a child, or the last day of a power of attorney."""
        said = super().clean() or {}
        needed = "birth" if said.get("basis") == Consent.Basis.PARENT else "until"
        if not said.get(needed) and needed not in self.errors:
            self.add_error(needed, DAY)
        return said


@requires(Permission.APPLY)
@never_cache
@require_http_methods(["GET", "POST"])
def send_one(request: PortalRequest) -> HttpResponse:
    """GET asks for the document and whom it is about; POST sends it to be checked."""
    if not request.actor.is_oneself:
        return redirect("portal:consents")
    form = DeedForm(request.POST, request.FILES) if request.method == "POST" else DeedForm()
    if form.is_valid():
        said = form.cleaned_data
        try:
            is_parent = said["basis"] == Consent.Basis.PARENT
            content = said["file"].read(LARGEST_FILE + 1)
            taken = check_file(content, ("pdf", "image"))
            sent = deed.Sent(
                name=plain_name(said["file"].name or ""),
                digest=blobs.keep(content),
                shown_digest=blobs.keep(taken.shown),
                shown_media_type=taken.shown_media_type,
                owner_number=said["number"],
                owner_name=said["name"],
                owner_birth=said["birth"] if is_parent else None,
            )
            years, at = majority().years, timezone.now()
            services, until = said["services"], said["until"]
            deed.send(sent, services, until=until, majority=years, actor=request.actor, at=at)
            return redirect("portal:consents")
        except BadFile as bad:
            form.add_error("file", str(bad.text))
        except ConsentRefused as refused:
            about = {"deed-day": "until", "deed-of-adult": "birth"}.get(refused.code, "number")
            form.add_error(about, str(sentence_of(refused.code)))
    context = {
        "form": form,
        "choices": sorted(form.names.items(), key=lambda pair: pair[1].ar),
        "chosen": request.POST.getlist("services"),
        "majority": majority().years,
    }
    return render(request, "portal/deed.html", context, status=UNPROCESSABLE if form.errors else 200)
