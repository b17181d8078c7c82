"""What eKey says of a person at sign-in, taken over: name, numbers, and the companies they act for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from rukhsa.accounts.models import Company, Person, PersonKind, Representation
from rukhsa.errors import RukhsaError

APPLICANT_KINDS = frozenset({PersonKind.CITIZEN, PersonKind.RESIDENT, PersonKind.INVESTOR})


class EkeyRefused(RukhsaError):
    """The claims of eKey do not name an applicant."""

    code = "ekey-refused"


@transaction.atomic
def register(claims: Mapping[str, Any], *, at: datetime) -> Person:
    """The person of these claims, brought up to date with them; representations no longer claimed end."""
    person = _person(claims)
    person.name_ar = str(claims.get("name_ar") or "")
    person.name_en = str(claims.get("name") or "")
    person.kind = PersonKind(claims["kind"])
    person.phone = str(claims.get("phone") or "")
    person.email = _email(person, str(claims.get("email") or ""))
    person.save()
    _take_over_companies(person, claims.get("companies") or [], at=at)
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
    # A family may share one address, and the account of a colleague must never be reached by one.
    return claimed if claimed and not taken else f"{person.pk}@people.invalid"


def _take_over_companies(person: Person, claimed: list[Mapping[str, Any]], *, at: datetime) -> None:
    held = {one.company.registration: one for one in _open(person)}
    for claim in claimed:
        registration = str(claim["registration"])
        company = _company(registration, claim)
        if held.pop(registration, None) is None:
            capacity = str(claim.get("role") or "")
            Representation.objects.create(person=person, company=company, capacity=capacity, starts_at=at)
    for ended in held.values():
        ended.ends_at = at
        ended.save(update_fields=["ends_at"])


def _open(person: Person) -> list[Representation]:
    return list(Representation.objects.filter(person=person, ends_at=None).select_related("company"))


def _company(registration: str, claim: Mapping[str, Any]) -> Company:
    names = {"name_ar": str(claim.get("name_ar") or ""), "name_en": str(claim.get("name_en") or "")}
    company, _ = Company.objects.update_or_create(registration=registration, defaults=names)
    return company
