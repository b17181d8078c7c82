"""Signing in: applicants by eKey, staff by password and second factor or an invitation; and acting for a company."""

from dataclasses import asdict

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django import forms
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa.accounts.models import Representation
from rukhsa.consents.models import Consent
from rukhsa.staff.invitation import accept, opened
from rukhsa.staff.password import SHORTEST
from rukhsa.staff.session import KEPT, left_of, stay
from rukhsa.staff.sign_in import INVITED
from rukhsa.web.access import COMPANY_IN_SESSION, CONSENT_IN_SESSION, PortalRequest, public, signed_in

UNPROCESSABLE = 422


class ChosenPassword(forms.Form):
    """The password that an invited person chooses."""

    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput({"autocomplete": "new-password", "dir": "ltr", "class": "ds-input"}),
    )


ONESELF = ""
BY_CONSENT = "consent:"


class CapacityForm(forms.Form):
    """The choice of a represented company, or of oneself."""

    company = forms.ChoiceField(
        required=False, error_messages={"invalid_choice": _("Choose one option from the list.")}
    )

    def __init__(self, held: list[Representation], consents: list[Consent], data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        registrations = [representation.company.registration for representation in held]
        owners = [f"{BY_CONSENT}{consent.pk}" for consent in consents]
        self.fields["company"].choices = [(one, one) for one in (ONESELF, *registrations, *owners)]  # type: ignore[attr-defined]


@public
@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    """The page with the eKey button; a person who is signed in already is redirected."""
    address = safe_next(request.GET.get("next", ""), request)
    if request.user.is_authenticated:
        return redirect(address)
    after = f"/capacity?{urlencode({'next': address})}"
    return render(request, "web/entrance/sign_in.html", {"after": after})


@signed_in
@never_cache
@require_GET
def sign_in_again(request: PortalRequest) -> HttpResponse:
    """The page that sends an applicant to eKey once more, before what a borrowed browser should not do."""
    after = f"/capacity?{urlencode({'next': safe_next(request.GET.get('next', ''), request)})}"
    return render(request, "web/entrance/sign_in_again.html", {"after": after})


@public
@require_GET
def refused(request: HttpRequest) -> HttpResponse:
    """The page for a person whom eKey does not identify as an applicant."""
    return render(request, "web/entrance/refused.html", status=403)


@public
@require_GET
def unproven(request: HttpRequest) -> HttpResponse:
    """The page shown when eKey's answer could not be verified, so that it may belong to another person."""
    return render(request, "web/entrance/refused.html", {"is_unproven": True}, status=403)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def session(request: HttpRequest) -> HttpResponse:
    """How long the session still lasts, as JSON; a POST stays signed in, and without scripts returns to its page."""
    at, kept = timezone.now(), request.session.get(KEPT)
    if request.method == "POST" and kept is not None:
        stay(request, at=at)
    if "next" in request.POST:
        return redirect(safe_next(request.POST["next"], request))
    left = left_of(request.session.get(KEPT), at=at)
    is_over = left is None and not request.user.is_authenticated
    told = {"seconds": 0, "may_stay": False} if is_over else asdict(left) if left else {}
    return JsonResponse(told)


@signed_in
@require_http_methods(["GET", "POST"])
def capacity(request: PortalRequest) -> HttpResponse:
    """Choose to act for oneself or for a company that one represents."""
    representations = request.actor.person.representations.in_force(at=timezone.now())
    held = list(representations.select_related("company").order_by("company__registration"))
    address = safe_next(request.POST.get("next") or request.GET.get("next", ""), request)
    consents = list(
        Consent.objects.held_by(request.actor.person, at=timezone.now()).select_related("answer__owner")
    )
    if not held and not consents and request.method == "GET":
        return redirect(address)
    form = CapacityForm(held, consents, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        act_as(request, form.cleaned_data["company"])
        return redirect(address)
    chosen = request.actor.company.registration if request.actor.company else ONESELF
    if request.actor.represented:
        chosen = request.session[CONSENT_IN_SESSION]
    context = {"held": held, "consents": consents, "chosen": chosen, "next": address, "form": form}
    return render(request, "web/entrance/capacity.html", context)


def act_as(request: HttpRequest, chosen: str) -> None:
    """Keep in the session for whom the person acts: a company, an owner by consent, or oneself."""
    by_consent = chosen.startswith(BY_CONSENT)
    request.session[COMPANY_IN_SESSION] = ONESELF if by_consent else chosen
    request.session[CONSENT_IN_SESSION] = chosen.removeprefix(BY_CONSENT) if by_consent else ONESELF


def safe_next(address: str, request: HttpRequest) -> str:
    """`address` if it is on this site, otherwise the first page."""
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    # redirect() would take a bare word for the name of a route.
    return address if ours and address.startswith("/") else "/"


@public
@never_cache
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation, and accept it; opening the link uses nothing up, since mail filters open links."""
    invitation = opened(token, at=timezone.now())
    form = ChosenPassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = accept(invitation, form.cleaned_data["password"], at=timezone.now())
        except forms.ValidationError as refused:
            form.add_error("password", refused)
        else:
            logout(request)  # another person may be signed in in this browser
            request.session[INVITED] = str(person.pk)
            record_authentication(request, person, "password", reauthenticated=True)
            entered: HttpResponse = perform_login(
                request, Login(user=person, redirect_url=reverse("mfa_add_webauthn"))
            )
            return entered
    context = {"form": form, "person": invitation.person, "shortest": SHORTEST, "ends_at": invitation.ends_at}
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "web/entrance/welcome.html", context, status=status)
