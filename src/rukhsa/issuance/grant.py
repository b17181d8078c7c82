"""Grants: what may be issued, by a decision and the receipts of its charges."""

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
from rukhsa.issuance.intent import origin_of_application
from rukhsa.payments import tariff
from rukhsa.payments.models import Charge
from rukhsa.review import condition
from rukhsa.review.decision import Decision
from rukhsa.values.names import Text


class NotGranted(IssuanceError):
    """No decision grants the application."""

    code = "not-granted"


class NotPaid(IssuanceError):
    """A charge of the application has no receipt."""

    code = "not-paid"


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What a register records of a paper document that is issued again: its days, and what is missing."""

    issued: date | None
    expires: date | None
    remarks: tuple[Text, ...]  # printed as conditions are


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What may be issued: the first value of the cycle.

    `origin` names what it is issued for, such as "application:<id>"; `holder` and `masked_id` are as sealed.
    """

    origin: str
    application: Application | None
    authority: Authority
    service_version: ServiceVersion
    answers: dict[str, Any]
    holder: Text
    masked_id: str | None
    conditions: tuple[Text, ...] = ()  # of agencies, printed after those of the definition
    amends: Instrument | None = None
    recorded: Recorded | None = None


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
    charges = _newest_charges(applications)
    for application in applications:
        if application.stage != Stage.GRANTED or application.pk not in granted:  # 1
            raise NotGranted(application.reference)
        known = charges.get(application.pk, [])
        # What falls due after a visit or the decision is assessed here if that has not been done before.
        later = {Charge.Due.AFTER_INSPECTION, Charge.Due.AFTER_DECISION} - {each.due for each in known}
        assessed = [tariff.assess(application, due, at=at) for due in sorted(later)]
        if any(charge and not hasattr(charge, "receipt") for charge in (*known, *assessed)):  # 2
            raise NotPaid(application.reference)
    conditions = condition.applied_to(applications)
    return [
        grant_to_applicant(
            each,
            origin=origin_of_application(each),
            service_version=each.service_version,
            answers=each.answers,
            issued_to=each,
            conditions=conditions.get(each.pk, ()),
        )
        for each in applications
    ]


def _newest_charges(applications: Sequence[Application]) -> dict[UUID, list[Charge]]:
    """The newest charge of each moment of each application."""
    rows = Charge.objects.select_related("receipt").filter(application__in=applications)
    found: dict[UUID, list[Charge]] = {}
    for charge in rows.order_by("application", "due", "-number").distinct("application", "due"):
        found.setdefault(charge.application_id, []).append(charge)
    return found


def grant_to_applicant(
    application: Application,
    *,
    origin: str,
    service_version: ServiceVersion,
    answers: dict[str, Any],
    issued_to: Application | None = None,
    conditions: tuple[Text, ...] = (),
) -> Grant:
    """A grant whose holder is the applicant of a submitted application, or the company that applied."""
    assert application.authority
    company, person = application.company, application.applicant
    return Grant(
        origin=origin,
        application=issued_to,
        authority=application.authority,
        service_version=service_version,
        answers=answers,
        holder=company.name if company else person.name,
        conditions=conditions,
        masked_id=(company.registration if company else person.masked_number) or None,
    )
