"""The people of a walk: the applicants, and one member of staff for each task."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from rukhsa.accounts.models import Company, Person, PersonKind, Representation
from rukhsa.accounts.permissions import Role
from rukhsa.applications import signatory, taking_part
from rukhsa.applications.known import COMPANY, kind_of
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor, actor_for
from rukhsa.authorities.models import Agency, Authority, Post
from rukhsa.catalogue.definition import asked, co_signing
from rukhsa.catalogue.territory import territory
from rukhsa_rehearsal.staffing import empower

IN_POST_SINCE = date(2000, 1, 1)


@dataclass(frozen=True, kw_only=True)
class People:
    """The staff of a walk, by their posts; none of them can sign in."""

    officer: Actor
    supervisor: Actor
    inspector: Actor
    agency: Actor
    members: tuple[Actor, ...]  # of every committee


def gather(*, at: datetime) -> People:
    """Create the staff of a walk, with a post at every authority and agency of the territory."""
    people = People(
        officer=_staff("officer", Role.OFFICER, "سالم", "Salem", at),
        supervisor=_staff("supervisor", Role.SUPERVISOR, "مريم", "Mariam", at),
        inspector=_staff("inspector", Role.INSPECTOR, "يوسف", "Yusuf", at),
        agency=_staff("agency", Role.AGENCY_OFFICER, "نور", "Noor", at),
        members=tuple(_member(number, at) for number in range(_largest_quorum())),
    )
    signed_by = (people.inspector.person, people.agency.person)
    empower(Post.objects.exclude(authority=None), signed_by=signed_by)
    return people


def _largest_quorum() -> int:
    return max((committee.quorum for committee in territory().committees.values()), default=0)


def _member(number: int, at: datetime) -> Actor:
    person = _person(f"member-{number}", PersonKind.STAFF, "خالد", "Khalid")
    Post.objects.bulk_create(
        Post(
            person=person,
            role=Role.COMMITTEE_MEMBER,
            starts_on=IN_POST_SINCE,
            authority=each,
            committee=committee,
        )
        for each in Authority.objects.all()
        for committee in territory().committees
    )
    return actor_for(person, at=at)


def applicant(kind: str, number: int, *, at: datetime) -> Actor:
    """An applicant of a kind that a definition names; the same person for the same number."""
    ar, en = _APPLICANTS[kind]
    acts_for_others = kind in _COMPANIES
    person = Person.objects.filter(email=_mail(f"{kind}-{number}")).first()
    if person is None:
        known_as = PersonKind.INVESTOR if acts_for_others else PersonKind(kind)
        personal_number = None if acts_for_others else f"8{number:07d}{len(kind)}"[:9]
        person = _person(f"{kind}-{number}", known_as, ar, en, phone=PHONE, personal_number=personal_number)
    company = _company_of(person, number, kind) if acts_for_others else None
    return actor_for(person, at=at, company=company)


def agree(application: Application, actor: Actor, *, at: datetime) -> None:
    """Another owner, and a person of the company that takes part, agree where the service of an application asks so."""
    application.refresh_from_db()
    if co_signing(application.definition, application.answers):
        _agree(application, applicant("citizen", OTHER_OWNER, at=at), actor, at=at)
    if taking_part.is_missing(application, at=at):
        engineer = applicant("citizen", ENGINEER, at=at)
        represent(engineer.person, taking_part.named_in(application))
        _agree(application, engineer, actor, at=at)


def represent(person: Person, answered: Mapping[str, str]) -> None:
    """eKey names a person for the company that an answer tells of."""
    company, _is_new = Company.objects.get_or_create(
        registration=answered["number"], defaults={"name_ar": answered["name"], "name_en": answered["name"]}
    )
    since = datetime(2000, 1, 1, tzinfo=UTC)
    Representation.objects.get_or_create(
        person=person, company=company, defaults={"capacity": "manager", "starts_at": since}
    )


def represent_as_answered(application: Application) -> None:
    """eKey names the applicant for the companies that are to be the applicant's own by their questions."""
    for question in asked(application.definition, application.answers):
        if kind_of(question) == COMPANY and question.id in application.answers and not application.company:
            represent(application.applicant, application.answers[question.id])


def _agree(application: Application, other: Actor, actor: Actor, *, at: datetime) -> None:
    number = other.person.personal_number or ""
    named = application.signatories.filter(number=number, removed_at=None).first()
    if named is None:
        named = signatory.name(application, number, PHONE, actor=actor, at=at)
    else:
        signatory.ask_again(application, actor=actor, at=at)
    signatory.sign(named, agreed=True, content=signatory.content_of(application), actor=other, at=at)


OTHER_OWNER = 9_999_999  # the numbers of those who agree with the applicants
ENGINEER = 9_999_998
PHONE = "+97336000001"
_APPLICANTS = {
    "citizen": ("ليلى أحمد", "Layla Ahmed"),
    "gcc": ("سارة فهد", "Sara Fahad"),
    "resident": ("جورج توماس", "George Thomas"),
    "investor": ("علي حسن", "Ali Hasan"),
    "government": ("أمل يوسف", "Amal Yusuf"),
}
_COMPANIES = {
    "investor": ("شركة الساحل للتجارة", "Coast Trading Company"),
    "government": ("إدارة الطرق", "Roads Directorate"),
}


def _company_of(person: Person, number: int, kind: str) -> Company:
    ar, en = _COMPANIES[kind]
    company, is_new = Company.objects.get_or_create(
        registration=f"{number + 1}-{len(kind)}",
        defaults={"name_ar": ar, "name_en": en, "is_government": kind == "government"},
    )
    if is_new:
        since = datetime(2000, 1, 1, tzinfo=UTC)
        Representation.objects.create(person=person, company=company, capacity="manager", starts_at=since)
    return company


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


def _person(name: str, kind: PersonKind, ar: str, en: str, **more: str | None) -> Person:
    return Person.objects.create_user(_mail(name), name_ar=ar, name_en=en, kind=kind, **more)


def _mail(name: str) -> str:
    return f"{name}@walk.invalid"
