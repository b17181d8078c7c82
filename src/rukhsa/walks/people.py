"""The people of a walk: those who apply, and one of the staff for each thing that is to be done."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from rukhsa.accounts.models import Company, Person, PersonKind, Representation
from rukhsa.accounts.permissions import Role
from rukhsa.authorities.actor import Actor, actor_for
from rukhsa.authorities.models import Agency, Authority, Post

IN_POST_SINCE = date(2000, 1, 1)


@dataclass(frozen=True, kw_only=True)
class People:
    """Who acts in a walk, by their posts; nobody can sign in as any of them."""

    citizen: Actor
    resident: Actor
    investor: Actor
    officer: Actor
    supervisor: Actor
    inspector: Actor
    agency: Actor

    def applicant(self, kind: str) -> Actor:
        """Whoever applies as a citizen, a resident or an investor."""
        return {"citizen": self.citizen, "resident": self.resident, "investor": self.investor}[kind]


def gather(*, at: datetime) -> People:
    """Make the people of a walk, with a post at every authority and agency of the territory."""
    return People(
        citizen=actor_for(_person("citizen", PersonKind.CITIZEN, "ليلى أحمد", "Layla Ahmed"), at=at),
        resident=actor_for(_person("resident", PersonKind.RESIDENT, "جورج توماس", "George Thomas"), at=at),
        investor=_investor(at),
        officer=_staff("officer", Role.OFFICER, "سالم", "Salem", at),
        supervisor=_staff("supervisor", Role.SUPERVISOR, "مريم", "Mariam", at),
        inspector=_staff("inspector", Role.INSPECTOR, "يوسف", "Yusuf", at),
        agency=_staff("agency", Role.AGENCY_OFFICER, "نور", "Noor", at),
    )


def _investor(at: datetime) -> Actor:
    person = _person("investor", PersonKind.INVESTOR, "علي حسن", "Ali Hasan")
    company = Company.objects.create(
        registration="98765-1", name_ar="شركة الساحل للتجارة", name_en="Coast Trading Company"
    )
    since = datetime(2000, 1, 1, tzinfo=UTC)
    Representation.objects.create(person=person, company=company, capacity="manager", starts_at=since)
    return actor_for(person, at=at, company=company)


def _staff(name: str, role: Role, ar: str, en: str, at: datetime) -> Actor:
    person = _person(name, PersonKind.STAFF, ar, en)
    places: list[dict[str, Authority] | dict[str, Agency]] = (
        [{"agency": agency} for agency in Agency.objects.all()]
        if role is Role.AGENCY_OFFICER
        else [{"authority": authority} for authority in Authority.objects.all()]
    )
    Post.objects.bulk_create(
        Post(person=person, role=role, starts_on=IN_POST_SINCE, **place) for place in places
    )
    return actor_for(person, at=at)


def _person(name: str, kind: PersonKind, ar: str, en: str) -> Person:
    number = None if kind in (PersonKind.STAFF, PersonKind.INVESTOR) else f"8501{len(name):05d}"
    return Person.objects.create_user(
        f"{name}@walk.invalid",
        name_ar=ar,
        name_en=en,
        kind=kind,
        phone="" if kind is PersonKind.STAFF else "+97336000001",
        personal_number=number,
    )
