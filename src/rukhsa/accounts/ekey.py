"""Applicants as eKey describes them at sign-in: name, numbers, and the companies they act for."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone

from rukhsa.accounts.fresh_sign_in import keep_with
from rukhsa.accounts.models import NO_MAIL, Company, Person, PersonKind, Representation
from rukhsa.errors import RukhsaError

APPLICANT_KINDS = frozenset({PersonKind.CITIZEN, PersonKind.GCC, PersonKind.RESIDENT, PersonKind.INVESTOR})


class EkeyRefused(RukhsaError):
    """The claims of eKey do not name an applicant."""

    code = "ekey-refused"


class EkeyAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Connects an account at eKey with the person who has its personal number."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        claims = sociallogin.account.extra_data
        keep_with(sociallogin, claims.get("id_token") or {})
        claims = claims.get("userinfo") or claims.get("id_token") or claims
        try:
            person = register(claims, at=timezone.now())
        except EkeyRefused:
            raise ImmediateHttpResponse(redirect("sign-in-refused")) from None
        # The tables of people and companies hold the claims; a second copy would become outdated.
        sociallogin.account.extra_data = {}
        sociallogin.user = person
        sociallogin.account.user = person
        sociallogin.account.save()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def get_requests_session(self) -> Any:
        """The HTTP session for eKey; it follows no redirect away from the configured addresses."""
        session = super().get_requests_session()
        session.max_redirects = 0
        return session


@transaction.atomic
def register(claims: Mapping[str, Any], *, at: datetime) -> Person:
    """Create or update the person of these claims; representations that are no longer claimed end."""
    person = _person(claims)
    person.name_ar = str(claims.get("name_ar") or "")
    person.name_en = str(claims.get("name") or "")
    person.kind = PersonKind(claims["kind"])
    person.phone = str(claims.get("phone") or "")
    person.email = _email(person, str(claims.get("email") or ""))
    person.birth_date = birth_date_in(claims.get("birthdate"))
    person.told_at = at
    person.save()
    _update_companies(person, claims.get("companies") or [], at=at)
    return person


def _person(claims: Mapping[str, Any]) -> Person:
    number = str(claims.get("personal_number") or "")
    if not number or claims.get("kind") not in APPLICANT_KINDS:
        raise EkeyRefused(claims.get("kind"))
    person = Person.objects.select_for_update().filter(personal_number=number).first()
    if person is None:
        person = Person(personal_number=number, language=settings.LANGUAGE_CODE)
        person.set_unusable_password()
    if person.kind == PersonKind.STAFF:
        raise EkeyRefused(person.kind)
    return person


def _email(person: Person, claimed: str) -> str:
    taken = Person.objects.filter(email__iexact=claimed).exclude(pk=person.pk).exists()
    # Relatives may share an address, and an applicant's must never reach an account of the staff.
    return claimed if claimed and not taken else f"{person.pk}{NO_MAIL}"


def birth_date_in(claimed: object) -> date | None:
    """OpenID Connect Core §5.1: the birth date, or None where it is not told, or without its year."""
    try:
        day = date.fromisoformat(str(claimed or ""))
    except ValueError:
        return None
    return day


def _update_companies(person: Person, claimed: list[Mapping[str, Any]], *, at: datetime) -> None:
    open_now = Representation.objects.filter(person=person, ends_at=None).select_related("company")
    held = {each.company.registration: each for each in open_now}
    for claim in claimed:
        registration = str(claim["registration"])
        company = _company(registration, claim)
        if held.pop(registration, None) is None:
            capacity = str(claim.get("role") or "")
            Representation.objects.create(person=person, company=company, capacity=capacity, starts_at=at)
    for ended in held.values():
        ended.ends_at = at
        ended.save(update_fields=["ends_at"])


def _company(registration: str, claim: Mapping[str, Any]) -> Company:
    told = {
        "name_ar": str(claim.get("name_ar") or ""),
        "name_en": str(claim.get("name_en") or ""),
        "is_government": claim.get("kind") == "government",
    }
    company, _ = Company.objects.update_or_create(registration=registration, defaults=told)
    return company
