"""Assesses what falls due in the life of an application, and tells the applicant what to pay and what was paid."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from rukhsa.applications.models import Application
from rukhsa.delivery.notice import tell
from rukhsa.payments import tariff
from rukhsa.payments.models import Charge
from rukhsa.review.deadline import expected
from rukhsa.review.examination import is_paid_first

Due = Charge.Due
# What the applicant is told to pay, by the moment at which it falls due; in the order of these moments.
_EVENTS = {
    Due.AT_SUBMISSION: "payment-due-first",
    Due.AFTER_INSPECTION: "payment-due-visited",
    Due.AFTER_DECISION: "payment-due",
}


def assess_all(application: Application, *, at: datetime) -> list[Charge | None]:
    """Assess what falls due at each moment, so that the applicant is told of all that is to be paid at once."""
    return [assess_and_tell(application, due, at=at) for due in _EVENTS]


def assess_and_tell(application: Application, due: Due, *, at: datetime) -> Charge | None:
    """Assess what falls due at a moment, and tell the applicant once of the charge, and once of its payment.

    None where nothing falls due then.
    """
    charge = tariff.assess(application, due, at=at)
    if charge is None:
        return None
    if not is_paid(charge):
        event = f"{_EVENTS[due]}:{charge.pk}"
        tell(application, event, at=at, amount=str(charge.money), currency=charge.currency)
    elif due != Due.AFTER_DECISION and charge.amount:  # the last payment is answered by the document itself
        # The review of a service that is paid for first begins here, and its days count from here.
        promised = _promised(application, since=at) if due == Due.AT_SUBMISSION else {}
        tell(application, f"paid:{charge.pk}", at=at, **promised)
    return charge


def is_paid(charge: Charge | None) -> bool:
    """Whether nothing is owed of what was assessed."""
    return charge is None or hasattr(charge, "receipt")


def waiting_for_payment(applications: Collection[UUID]) -> set[UUID]:
    """The applications that have not paid yet what fell due by a visit; one statement."""
    charges = Charge.objects.filter(application__in=applications, due=Due.AFTER_INSPECTION)
    newest = {each.application_id: each for each in charges.select_related("receipt").order_by("number")}
    return {application for application, charge in newest.items() if not charge.is_settled}


def promised_at_submission(application: Application) -> dict[str, str]:
    """The day by which a decision is expected, for the notice, where its days count from the submission."""
    if application.submitted_at is None or is_paid_first(application.definition):
        return {}
    return _promised(application, since=application.submitted_at)


def _promised(application: Application, *, since: datetime) -> dict[str, str]:
    promise = expected(application, begun_at=since, pauses=(), stands_since=None, at=since)
    return {"day": promise.day.isoformat()} if promise else {}
