"""How django-allauth signs people in here: applicants by eKey only, staff by password and a second proof."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone

from rukhsa.accounts.cipher import cipher
from rukhsa.accounts.ekey import EkeyRefused, register
from rukhsa.accounts.models import Person, PersonKind


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are not opened by forms, and a password signs in staff alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        person = super().authenticate(request, **credentials)
        return person if isinstance(person, Person) and person.kind == PersonKind.STAFF else None

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        staff = isinstance(request.user, Person) and request.user.kind == PersonKind.STAFF
        return "/desk/" if staff else "/"


class EkeyAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Ties the account at eKey to the person with that personal number."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        claims = sociallogin.account.extra_data
        claims = claims.get("userinfo") or claims.get("id_token") or claims
        try:
            person = register(claims, at=timezone.now())
        except EkeyRefused:
            raise ImmediateHttpResponse(redirect("sign-in-refused")) from None
        # The claims live in the tables of persons and companies; a second copy would only age.
        sociallogin.account.extra_data = {}
        sociallogin.user = person
        sociallogin.account.user = person
        sociallogin.account.save()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def get_requests_session(self) -> Any:
        """What asks eKey: at the addresses that were named, and at none to which an answer would send it on."""
        session = super().get_requests_session()
        session.max_redirects = 0
        return session


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of one-time codes encrypted in the database."""

    def encrypt(self, text: str) -> str:
        return cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return "Rukhsa"
