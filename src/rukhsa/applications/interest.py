"""Interests: whether an application is a person's own, the household's, a relative's or a company's of theirs."""

from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from rukhsa.accounts.models import Company, Person, Representation
from rukhsa.agreement import AgreementError
from rukhsa.applications.application import Application, Step
from rukhsa.applications.stages import Act


class OwnInterest(AgreementError):
    """The application is the person's own, or of a person close to them."""

    code = "own-interest"


type Bar = Callable[[Application, Person], None]

_BARS: Final[list[Bar]] = []


def register_bar(bar: Bar) -> None:
    """Register what a later room knows of people who may not act on an application; a bar raises AgreementError."""
    _BARS.append(bar)


def require_no_interest(application: Application, person: Person) -> None:
    """Raise OwnInterest if the person, the household, a relative or a company of theirs applied.

    Who the person is stands in the person's declaration, since staff and applicants have accounts apart.
    """
    for bar in _BARS:
        bar(application, person)
    if application.pk in _close_to([application], person):
        raise OwnInterest


def require_no_tie(
    person: Person, *, to: Person | None = None, company: Company | None = None, number: str = ""
) -> None:
    """Raise OwnInterest if a party is the person, a relative or a company of theirs, by its account or by a number
    without one. A party has no address, so that a household is seen by its numbers alone."""
    from rukhsa.staff.interest_declaration import Declaration  # the verifier's process has no staff

    declared = Declaration.objects.newest_of(person)
    numbers = {*(declared.numbers if declared else ()), person.personal_number} - {"", None}
    registrations = set(declared.companies) if declared else set()
    is_theirs = to is not None and (to.pk == person.pk or to.personal_number in numbers)
    if company and not is_theirs:
        known = Q(person=person) | Q(person__personal_number__in=numbers)
        is_theirs = company.registration in registrations
        is_theirs = is_theirs or Representation.objects.filter(known, company=company).exists()
    if is_theirs or number in numbers | registrations:
        raise OwnInterest


def barred(applications: Sequence[Application], person: Person) -> dict[UUID, AgreementError]:
    """Why the person may not act on some of these, by their keys; as many statements for many as for one, and what a
    registered bar sends for the few that it is about."""
    found: dict[UUID, AgreementError] = {pk: OwnInterest() for pk in _close_to(applications, person)}
    for each in applications:
        try:
            for bar in _BARS:
                bar(each, person)
        except AgreementError as error:
            found[each.pk] = error
    return found


def _close_to(applications: Sequence[Application], person: Person) -> set[UUID]:
    """Which of these the person, the household, a relative or a company of theirs applied for."""
    from rukhsa.staff.interest_declaration import Declaration  # the verifier's process has no staff

    declared = Declaration.objects.newest_of(person)
    close = {
        each.pk
        for each in applications
        if each.applicant_id == person.pk or (declared and _lives_there(each, declared.home))
    }
    numbers = [*(declared.numbers if declared else ()), *filter(None, [person.personal_number])]
    asked = [each.pk for each in applications if each.pk not in close and (numbers or each.company_id)]
    if asked:
        theirs = Application.objects.filter(pk__in=asked)
        theirs = theirs.filter(_of(numbers, person, declared.companies if declared else []))
        close.update(theirs.order_by().values_list("pk", flat=True))
    return close


def _of(numbers: list[str], person: Person, companies: list[str]) -> Q:
    known = Q(person=person) | Q(person__personal_number__in=numbers)
    registered = Representation.objects.filter(known, company=OuterRef("company"))
    submitted = Step.objects.filter(
        application=OuterRef("pk"), act__in=[Act.SUBMIT, Act.RESUBMIT], actor__personal_number__in=numbers
    )
    theirs = Q(applicant__personal_number__in=numbers) | Q(company__registration__in=companies)
    return theirs | Q(Exists(registered)) | Q(Exists(submitted))


def _lives_there(application: Application, home: list[str]) -> bool:
    """Whether an address that the applicant gives as the own one is the declared home."""
    if not home:
        return False
    own = (each for each in application.definition.questions if each.known_ == "address")
    given = (application.answers.get(each.id) for each in own)
    parts = ("flat", "building", "road", "block")
    return any(
        [str(address.get(part) or "") for part in parts] == home
        for address in given
        if isinstance(address, dict)
    )
