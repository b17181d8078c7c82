"""Creates the accounts and posts of the cast, in development and in tests."""

from datetime import date
from typing import Any

from django.db import transaction

from rukhsa.accounts.models import Person, PersonKind
from rukhsa.accounts.permissions import Role
from rukhsa.authorities.models import Agency, Authority, Post
from rukhsa.errors import RukhsaError
from rukhsa_rehearsal.cast import CAST, COMMITTEES, Member
from rukhsa_rehearsal.known_secrets import give_fixed_secret, refuse_in_production

IN_POST_SINCE = date(2020, 1, 1)


class TerritoryMissing(RukhsaError):
    """There is no authority yet in which to give posts."""

    code = "territory-missing"


@transaction.atomic
def make_cast() -> list[Person]:
    """Create the missing members of the cast and their posts; may run any number of times."""
    refuse_in_production()
    if not Authority.objects.exists():
        raise TerritoryMissing
    return [_make(member) for member in CAST]


def _make(member: Member) -> Person:
    person = Person.objects.filter(email=member.email).first()
    if person is None:
        person = Person.objects.create_user(
            member.email,
            member.password,
            name_ar=member.name.ar,
            name_en=member.name.en,
            kind=PersonKind.STAFF,
        )
        give_fixed_secret(person)
    for place in _places(member):
        Post.objects.get_or_create(
            person=person, role=member.role, **place, defaults={"starts_on": IN_POST_SINCE}
        )
    if member.also:
        for authority in Authority.objects.all():
            second = {"person": person, "role": member.also, "authority": authority}
            Post.objects.get_or_create(**second, defaults={"starts_on": IN_POST_SINCE})
    return person


def _places(member: Member) -> list[dict[str, Any]]:
    if member.agency:
        # The only agency officer in the cast, who therefore answers for every agency.
        return [{"agency": agency} for agency in Agency.objects.all()]
    authorities = Authority.objects.all()
    if member.role is Role.COMMITTEE_MEMBER:
        return [
            {"authority": each, "committee": committee} for each in authorities for committee in COMMITTEES
        ]
    return [{"authority": authority} for authority in authorities]
