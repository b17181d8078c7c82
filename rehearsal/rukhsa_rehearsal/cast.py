"""The cast: the staff of the town with whom development, the story and the tests sign in."""

from dataclasses import dataclass

from rukhsa.accounts.permissions import Role
from rukhsa.values.names import Text


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


COMMITTEES = (
    "building",
    "advertising",
    "building-grievances",
    "planning-grievances",
    "violation-grievances",
)
_MEMBER = Role.COMMITTEE_MEMBER
CAST = (
    Member(email="salem@mun.example", name=Text(ar="سالم", en="Salem"), role=Role.OFFICER),
    Member(email="mariam@mun.example", name=Text(ar="مريم", en="Mariam"), role=Role.SUPERVISOR),
    Member(email="yusuf@mun.example", name=Text(ar="يوسف", en="Yusuf"), role=Role.INSPECTOR),
    Member(email="huda@mun.example", name=Text(ar="هدى", en="Huda"), role=Role.FINANCE),
    Member(
        email="jasim@mun.example", name=Text(ar="جاسم", en="Jasim"), role=Role.DIRECTOR, also=Role.OPERATOR
    ),
    Member(email="noor@ewa.example", name=Text(ar="نور", en="Noor"), role=Role.AGENCY_OFFICER, agency="ewa"),
    Member(email="khalid@mun.example", name=Text(ar="خالد", en="Khalid"), role=_MEMBER, also=Role.OPERATOR),
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


def how_to_sign_in() -> list[str]:
    """A line for each of the cast: role, mail address, password."""
    return [f"{_role(member):<36}{member.email:<22}{member.password}" for member in CAST]


def _role(member: Member) -> str:
    also = f", {member.also.replace('-', ' ')}" if member.also else ""
    return member.role.replace("-", " ") + (f" of {member.agency.upper()}" if member.agency else "") + also
