"""The link of an invitation: one of the staff chooses a password, and goes on to the passkey."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django import forms
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rukhsa.staff.invitation import accept, opened
from rukhsa.staff.password import SHORTEST
from rukhsa.staff.sign_in import INVITED
from rukhsa.web.access import public

UNPROCESSABLE = 422


class ChosenPassword(forms.Form):
    """The password that the person chooses."""

    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput({"autocomplete": "new-password", "dir": "ltr", "class": "ds-input"}),
    )


@public
@never_cache
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the link is for; looking at it uses nothing, so that a mail filter may look first."""
    invitation = opened(token, at=timezone.now())
    form = ChosenPassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = accept(invitation, form.cleaned_data["password"], at=timezone.now())
        except forms.ValidationError as refused:
            form.add_error("password", refused)
        else:
            logout(request)  # another person may have been signed in with this browser
            request.session[INVITED] = str(person.pk)
            record_authentication(request, person, "password", reauthenticated=True)
            entered: HttpResponse = perform_login(
                request, Login(user=person, redirect_url=reverse("mfa_add_webauthn"))
            )
            return entered
    context = {"form": form, "person": invitation.person, "shortest": SHORTEST, "ends_at": invitation.ends_at}
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "web/entrance/welcome.html", context, status=status)
