"""Interests: whether an application is a person's own, the household's, a relative's or a company's of theirs."""

from collections.abc import Callable
from typing import Final

from django.db.models import Exists, OuterRef, Q

from rukhsa.accounts.models import Person, Representation
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
    from rukhsa.staff.interest_declaration import Declaration  # the verifier's process has no staff

    for bar in _BARS:
        bar(application, person)
    declared = Declaration.objects.newest_of(person)
    if application.applicant_id == person.pk or (declared and _lives_there(application, declared.home)):
        raise OwnInterest
    numbers = [*(declared.numbers if declared else ()), *filter(None, [person.personal_number])]
    if numbers or application.company_id:
        found = Application.objects.filter(pk=application.pk)
        if found.filter(_of(numbers, person, declared.companies if declared else [])).exists():
            raise OwnInterest


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
