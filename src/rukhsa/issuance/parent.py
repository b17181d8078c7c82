"""The earlier instrument that an application is about: it must be the applicant's own, and hold."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from rukhsa.applications.answers import Problem
from rukhsa.applications.models import Application
from rukhsa.catalogue.definition import asked
from rukhsa.catalogue.questions import InstrumentQuestion
from rukhsa.issuance.models import Instrument


def problems(application: Application, *, at: datetime) -> tuple[Problem, ...]:
    """A problem for each number answered that is not an instrument of the applicant's that holds.

    One of somebody else, one of another service and one that does not exist look alike.
    """
    definition, answers = application.definition, application.answers
    return tuple(
        Problem(about=question.id, code="instrument-unknown", text=_NOT_YOURS)
        for question in asked(definition, answers)
        if isinstance(question, InstrumentQuestion)
        and answers.get(question.id)
        and not _holds(application, answers[question.id], question.services, at)
    )


_NOT_YOURS = _(
    "None of your documents in force has this number. Copy it from the document, as it is printed."
)


def _holds(application: Application, number: str, services: tuple[str, ...], at: datetime) -> bool:
    instruments = Instrument.objects.in_force(at=at).filter(
        intent__number=number, intent__service_version__service__in=services
    )
    if application.company_id:
        return instruments.filter(intent__application__company=application.company_id).exists()
    return instruments.filter(
        intent__application__applicant=application.applicant_id, intent__application__company=None
    ).exists()
