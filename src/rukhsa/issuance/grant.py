"""What may be issued: a decided and paid application, as the cycle takes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.instrument import Instrument
from rukhsa.payments import tariff
from rukhsa.payments.models import Charge
from rukhsa.review.models import Decision
from rukhsa.values.names import Text


class NotGranted(IssuanceError):
    """There is no decision that grants it."""

    code = "not-granted"


class NotPaid(IssuanceError):
    """A charge of the application has no receipt."""

    code = "not-paid"


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What a register says of a document on paper that is issued again: its days, and what it did not record."""

    issued: date | None
    expires: date | None
    remarks: tuple[Text, ...]  # printed as conditions are


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What may be issued: every step of the cycle begins with one of these.

    `origin` says for what, once and for all ("application:<id>"); `holder` and `masked_id` are as sealed.
    """

    origin: str
    application: Application | None
    authority: Authority
    service_version: ServiceVersion
    answers: dict[str, Any]
    holder: Text
    masked_id: str | None
    amends: Instrument | None = None
    paper: Recorded | None = None


def grant(application: Application, *, at: datetime) -> Grant:
    """The grant of a decided and paid application. Raises NotGranted, NotPaid."""
    (granted,) = grants_of([application], at=at)
    return granted


def grants_of(applications: Sequence[Application], *, at: datetime) -> list[Grant]:
    """The grants of decided and paid applications. Raises NotGranted, NotPaid.

    1. A decision grants it.
    2. What was due at submission, after a visit and after the decision has its receipt.
    """
    decisions = Decision.objects.filter(application__in=applications, outcome=Decision.Outcome.GRANTED)
    granted = set(decisions.values_list("application_id", flat=True))
    charges = _charges(applications)
    for application in applications:
        if application.stage != Stage.GRANTED or application.pk not in granted:  # 1
            raise NotGranted(application.reference)
        if any(not hasattr(charge, "receipt") for charge in _due(application, charges, at)):  # 2
            raise NotPaid(application.reference)
    return [_grant(application) for application in applications]


def _grant(application: Application) -> Grant:
    assert application.authority is not None
    company, person = application.company, application.applicant
    return Grant(
        origin=f"application:{application.pk}",
        application=application,
        authority=application.authority,
        service_version=application.service_version,
        answers=application.answers,
        holder=company.name if company else person.name,
        masked_id=(company.registration if company else person.masked_number) or None,
    )


def _charges(applications: Sequence[Application]) -> dict[UUID, list[Charge]]:
    """The newest charge of each moment of each application."""
    rows = Charge.objects.select_related("receipt").filter(application__in=applications)
    found: dict[UUID, list[Charge]] = {}
    for charge in rows.order_by("application", "due", "-number").distinct("application", "due"):
        found.setdefault(charge.application_id, []).append(charge)
    return found


def _due(application: Application, charges: dict[UUID, list[Charge]], at: datetime) -> list[Charge]:
    """What was due; what falls due after a visit or the decision is assessed here if nobody asked for it before."""
    known = charges.get(application.pk, [])
    missing = {Charge.Due.AFTER_INSPECTION, Charge.Due.AFTER_DECISION} - {charge.due for charge in known}
    due_now = [tariff.assess(application, due, at=at) for due in sorted(missing)]
    return [*known, *(charge for charge in due_now if charge)]
