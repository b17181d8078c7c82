"""The cast: the staff of the town with whom development, the story and the tests sign in."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from rukhsa.accounts.development import give_fixed_secret, refuse_in_production
from rukhsa.accounts.models import Person, PersonKind
from rukhsa.accounts.permissions import Role
from rukhsa.authorities.models import Agency, Authority, Post
from rukhsa.errors import RukhsaError
from rukhsa.values.names import Text

IN_POST_SINCE = date(2020, 1, 1)


class TerritoryMissing(RukhsaError):
    """There is no authority yet in which to give posts."""

    code = "territory-missing"


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member of staff; `agency` is empty for those who work for the authorities.

    A committee member sits in each of `COMMITTEES` at each authority.
    """

    email: str
    name: Text
    role: Role
    agency: str = ""
    also: Role | None = None  # a second post beside the first

    @property
    def password(self) -> str:
        """The password in development, which is public; production has no cast."""
        return f"{self.email.partition('@')[0]}-of-the-town"


COMMITTEES = ("building", "advertising", "building-grievances")
_MEMBER = Role.COMMITTEE_MEMBER
CAST = (
    Member(email="salem@mun.example", name=Text(ar="سالم", en="Salem"), role=Role.OFFICER),
    Member(email="mariam@mun.example", name=Text(ar="مريم", en="Mariam"), role=Role.SUPERVISOR),
    Member(email="yusuf@mun.example", name=Text(ar="يوسف", en="Yusuf"), role=Role.INSPECTOR),
    Member(email="huda@mun.example", name=Text(ar="هدى", en="Huda"), role=Role.FINANCE),
    Member(email="noor@ewa.example", name=Text(ar="نور", en="Noor"), role=Role.AGENCY_OFFICER, agency="ewa"),
    Member(email="khalid@mun.example", name=Text(ar="خالد", en="Khalid"), role=_MEMBER),
    Member(
        email="fatima@mun.example", name=Text(ar="فاطمة", en="Fatima"), role=_MEMBER, also=Role.ADMINISTRATOR
    ),
    Member(
        email="ahmed@mun.example", name=Text(ar="أحمد", en="Ahmed"), role=_MEMBER, also=Role.ADMINISTRATOR
    ),
    Member(
        email="aisha@mun.example", name=Text(ar="عائشة", en="Aisha"), role=_MEMBER, also=Role.SECURITY_OFFICER
    ),
)


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


def how_to_sign_in() -> list[str]:
    """A line for each of the cast: role, mail address, password."""
    return [f"{_role(member):<36}{member.email:<22}{member.password}" for member in CAST]


def _role(member: Member) -> str:
    also = f", {member.also.replace('-', ' ')}" if member.also else ""
    return member.role.replace("-", " ") + (f" of {member.agency.upper()}" if member.agency else "") + also
