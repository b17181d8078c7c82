"""The application by which a violation is settled or contested: the service that names the number of its notice."""

from typing import Final

from django.db.models import QuerySet

from rukhsa.accounts.models import Person
from rukhsa.agreement import AgreementError
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.values.identifiers import IdentifierError, parse_number
from rukhsa.violations.violation import Violation

SERVICE: Final = "violation-settlement"
NOTICE: Final = "notice"  # its question for the number of the notice


class RecordedByYourself(AgreementError):
    """The person recorded or confirmed the violation that the application settles or contests."""

    code = "recorded-by-yourself"


def applications_of(violation: Violation) -> QuerySet[Application]:
    """Those that name it, by its person or company, the newest first; by anyone where no person is known."""
    naming = Application.objects.filter(
        service_version__service=SERVICE, **{f"answers__{NOTICE}": violation.number}
    ).exclude(stage=Stage.DRAFT)
    if violation.company_id:
        naming = naming.filter(company=violation.company_id)
    elif violation.person_id:
        naming = naming.filter(applicant=violation.person_id, company=None)
    return naming.order_by("-submitted_at")


def require_another_hand(application: Application, person: Person) -> None:
    """Raise RecordedByYourself for a person who recorded or confirmed what the application is about."""
    if application.service_version.service != SERVICE:
        return
    try:
        number = parse_number(str(application.answers.get(NOTICE, "")))
    except IdentifierError:
        return  # the number of a notice on paper
    named = Violation.objects.filter(number=number).values_list("proposed_by", "decided_by").first()
    if named and person.pk in named:
        raise RecordedByYourself
