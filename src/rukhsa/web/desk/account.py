"""One's own account: the password, the open sessions, and the declaration of interests."""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rukhsa.accounts.models import PersonKind
from rukhsa.accounts.permissions import Permission
from rukhsa.authorities.actor import NotPermitted
from rukhsa.staff.interest_declaration import Declaration, declare
from rukhsa.staff.letter_choice import How, choose, letters_of
from rukhsa.staff.password import SHORTEST, change_password
from rukhsa.staff.session import renew, sessions_of, sign_out
from rukhsa.web.access import PortalRequest, proof_asked, requires, signed_in
from rukhsa.web.desk.acts import UNPROCESSABLE

HOW = (
    (How.DAILY, _("One email a day, at seven: what is mine, late, or waits for a second person")),
    (
        How.AT_ONCE,
        _("At once, when an application is given to me or becomes late, or a proposal waits for me"),
    ),
    (How.NEVER, _("No emails about work; I look at the desk")),
)


class PasswordForm(forms.Form):
    """The current password and the new one."""

    current = forms.CharField(
        label=_("Current password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password", "dir": "ltr", "class": "ds-input"}),
    )
    new = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput({"autocomplete": "new-password", "dir": "ltr", "class": "ds-input"}),
    )


@signed_in
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """The state of the account, and the open sessions."""
    _require_staff(request)
    key = request.session.session_key or ""
    shown = sessions_of(request.actor.person, current=key, at=timezone.now())
    return render(request, "desk/account.html", {"sessions": shown, "has_others": len(shown) > 1})


@requires(fresh=True)
@require_http_methods(["GET", "POST"])
def password(request: PortalRequest) -> HttpResponse:
    """Change the password; every other session ends."""
    _require_staff(request)
    if asked := proof_asked(request, to_look=True):
        return asked
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _changed(request, form):
        messages.success(request, _("Your password was changed. You were signed out everywhere else."))
        return redirect("desk:account")
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "desk/password.html", {"form": form, "shortest": SHORTEST}, status=status)


class DeclarationForm(forms.Form):
    """Who one is and lives with, so that no one acts on their own or a relative's application."""

    personal_number = forms.CharField(label=_("Your personal number"), max_length=20)
    relatives = forms.CharField(
        label=_("Personal numbers of your household and close relatives, one on each line"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )
    companies = forms.CharField(
        label=_("Registration numbers of companies that you own or run, one on each line"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    flat = forms.CharField(label=_("Flat"), max_length=10, required=False)
    building = forms.CharField(label=_("Building"), max_length=10, required=False)
    road = forms.CharField(label=_("Road"), max_length=10, required=False)
    block = forms.CharField(label=_("Block"), max_length=10, required=False)

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        fields: dict[str, Any] = self.fields
        for field in fields.values():
            field.widget.attrs.update({"class": "ds-input", "dir": "ltr", "autocomplete": "off"})

    def home(self) -> list[str]:
        """The declared home; none unless building, road and block are given."""
        said = self.cleaned_data
        parts = [said[part] for part in ("flat", "building", "road", "block")]
        return parts if all(parts[1:]) else []


@signed_in
@require_http_methods(["GET", "POST"])
def declaration(request: PortalRequest) -> HttpResponse:
    """Declare who one is, lives with and is related to; only oneself reads it."""
    _require_staff(request)
    present = Declaration.objects.newest_of(request.actor.person)
    form = DeclarationForm(request.POST or None, initial=_declared(present) if present else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        declare(
            said["personal_number"],
            relatives=said["relatives"].split(),
            companies=said["companies"].split(),
            home=form.home(),
            actor=request.actor,
            at=timezone.now(),
        )
        messages.success(request, _("Your declaration was saved."))
        return redirect("desk:account")
    status = UNPROCESSABLE if request.method == "POST" else 200
    context = {"form": form, "present": present}
    return render(request, "desk/declaration.html", context, status=status)


def _declared(present: Declaration) -> dict[str, str]:
    parts = dict(zip(("flat", "building", "road", "block"), present.home, strict=False))
    relatives, companies = "\n".join(present.relatives), "\n".join(present.companies)
    return {
        **parts,
        "personal_number": present.personal_number,
        "relatives": relatives,
        "companies": companies,
    }


@signed_in
@require_http_methods(["GET", "POST"])
def letters(request: PortalRequest) -> HttpResponse:
    """Choose how one is told of work, and whether one gets the figures of the week."""
    _require_staff(request)
    reads_figures = bool(request.actor.authorities_where(Permission.READ_FIGURES))
    if request.method == "POST" and request.POST.get("how") in How.values:
        figures = reads_figures and "figures" in request.POST
        choose(How(request.POST["how"]), figures=figures, actor=request.actor, at=timezone.now())
        messages.success(request, _("Your choice was saved."))
        return redirect("desk:account")
    context = {"chosen": letters_of(request.actor.person), "ways": HOW, "reads_figures": reads_figures}
    return render(request, "desk/letters.html", context)


@requires(fresh=True)
@require_POST
def end_session(request: PortalRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions."""
    _require_staff(request)
    person, at = request.actor.person, timezone.now()
    sign_out(person, why="by-yourself", by=person, at=at, only=pk)
    messages.success(request, _("The session was ended."))
    return redirect("desk:account")


@requires(fresh=True)
@require_POST
def end_other_sessions(request: PortalRequest) -> HttpResponse:
    """End all of one's sessions except this one."""
    _require_staff(request)
    person, at = request.actor.person, timezone.now()
    sign_out(person, why="by-yourself", by=person, at=at, but=request.session.session_key or "")
    messages.success(request, _("You were signed out everywhere else."))
    return redirect("desk:account")


def _changed(request: PortalRequest, form: PasswordForm) -> bool:
    """Change the password; False if it was refused, with the reason in the form."""
    person = request.actor.person
    try:
        if not get_adapter().reauthenticate(person, form.cleaned_data["current"]):
            form.add_error("current", _("Enter your current password."))
            return False
    except forms.ValidationError as limited:
        form.add_error("current", limited)
        return False
    try:
        key = request.session.session_key or ""
        change_password(person, form.cleaned_data["new"], session=key, at=timezone.now())
    except forms.ValidationError as refused:
        form.add_error("new", refused)
        return False
    renew(request, person)
    return True


def _require_staff(request: PortalRequest) -> None:
    if request.actor.person.kind != PersonKind.STAFF:
        raise NotPermitted("staff only")
