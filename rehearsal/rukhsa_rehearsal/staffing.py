"""Creates the accounts and posts of the cast, in development and in tests."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import transaction

from rukhsa.accounts.models import Person, PersonKind
from rukhsa.accounts.permissions import Role
from rukhsa.agreement import State
from rukhsa.authorities.models import Agency, Authority, Post
from rukhsa.errors import RukhsaError
from rukhsa.mandates.mandate import Mandate, acts_of
from rukhsa_rehearsal.cast import CAST, COMMITTEES, Member
from rukhsa_rehearsal.known_secrets import give_fixed_secret, refuse_in_production

IN_POST_SINCE = date(2020, 1, 1)
SIGNS = Role.ADMINISTRATOR


class TerritoryMissing(RukhsaError):
    """There is no authority yet in which to give posts."""

    code = "territory-missing"


@transaction.atomic
def make_cast() -> list[Person]:
    """Create the missing members of the cast and their posts; may run any number of times."""
    refuse_in_production()
    if not Authority.objects.exists():
        raise TerritoryMissing
    people = [_make(member) for member in CAST]
    administrators = [person for person, member in zip(people, CAST, strict=True) if member.also is SIGNS]
    empower(Post.objects.exclude(authority=None), signed_by=administrators)
    return people


def empower(posts: Iterable[Post], *, signed_by: Iterable[Person]) -> None:
    """Give each of these posts a mandate for all that its role may do, where it has none; two people sign it."""
    first, second = signed_by
    given = set(Mandate.objects.values_list("post", flat=True))
    mandates = [
        Mandate(
            authority_id=post.authority_id,
            post=post,
            acts=list(acts_of(Role(post.role))),
            starts_on=post.starts_on,
            state=State.APPROVED,
            proposed_by=first,
            proposed_at=datetime.combine(post.starts_on, time.min, UTC),
            decided_by=second,
            decided_at=datetime.combine(post.starts_on, time.min, UTC),
        )
        for post in posts
        if post.authority_id and post.pk not in given and acts_of(Role(post.role))
    ]
    Mandate.objects.bulk_create(mandates)


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
