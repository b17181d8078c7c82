"""A company that takes part in an application of another, as an engineering office does in that of an owner."""

from datetime import datetime

from django.db.models import QuerySet

from rukhsa.accounts.models import Person, Representation
from rukhsa.applications.application import Application
from rukhsa.consents.models import Consent


def named_in(application: Application) -> dict[str, str]:
    """The company that is to take part, as it was answered; empty where none is asked for."""
    rule = application.definition.submitted_with
    return (application.answers.get(rule.company) or {}) if rule else {}


def of_company(application: Application, *, at: datetime) -> QuerySet[Person]:
    """The people whom eKey names for that company."""
    registration = named_in(application).get("number", "")
    named = Representation.objects.in_force(at=at).filter(company__registration=registration)
    return Person.objects.filter(pk__in=named.values("person"))


def is_missing(application: Application, *, at: datetime) -> bool:
    """Whether a company is to take part, is not the applicant itself, and does not apply by the owner's consent."""
    if application.definition.submitted_with is None:
        return False
    registration = named_in(application).get("number", "")
    if application.company and application.company.registration == registration:
        return False
    given = Consent.objects.in_force(at=at).filter(
        company__registration=registration,
        answer__owner=application.applicant,
        services__contains=[application.service_version.service],
    )
    return application.company is not None or not given.exists()
