"""One's own account: the password and the open sessions."""

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rukhsa.accounts.models import PersonKind
from rukhsa.authorities.actor import NotPermitted
from rukhsa.staff.password import SHORTEST, change_password
from rukhsa.staff.session import renew, sessions_of, sign_out
from rukhsa.web.access import PortalRequest, proof_asked, requires, signed_in
from rukhsa.web.desk.acts import UNPROCESSABLE


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


@signed_in
@require_POST
def end_session(request: PortalRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions."""
    _require_staff(request)
    person, at = request.actor.person, timezone.now()
    sign_out(person, why="by-yourself", by=person, at=at, only=pk)
    messages.success(request, _("The session was ended."))
    return redirect("desk:account")


@signed_in
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
