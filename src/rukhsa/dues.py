"""What is charged in the life of an application and when, and telling the applicant of it and of what is promised."""

from datetime import datetime

from rukhsa.applications.models import Application
from rukhsa.delivery.notice import tell
from rukhsa.payments import tariff
from rukhsa.payments.models import Charge
from rukhsa.review.deadline import expected
from rukhsa.review.examination import is_paid_first

Due = Charge.Due
# What the applicant is told to pay, by when it falls due.
_EVENTS = {
    Due.AT_SUBMISSION: "payment-due-first",
    Due.AFTER_INSPECTION: "payment-due-visited",
    Due.AFTER_DECISION: "payment-due",
}


def all_paid(application: Application, *, at: datetime) -> bool:
    """Whether nothing is owed any more; the applicant is told of what is."""
    # Each is asked, so that the applicant hears of all that is due and not of one after the other.
    paid = [is_paid(application, due, at=at) for due in _EVENTS]
    return all(paid)


def is_paid(application: Application, due: Due, *, at: datetime) -> bool:
    """Whether what falls due then is paid or nothing; it is assessed first, and the applicant is told of it once."""
    charge = tariff.assess(application, due, at=at)
    if charge is None:
        return True
    if hasattr(charge, "receipt"):
        if due != Due.AFTER_DECISION and charge.amount:  # the last one is answered by the document itself
            # What is paid for first is examined from here, and its days count.
            promised = _promised(application, since=at) if due == Due.AT_SUBMISSION else {}
            tell(application, f"paid:{charge.pk}", at=at, **promised)
        return True
    event = f"{_EVENTS[due]}:{charge.pk}"
    tell(application, event, at=at, amount=str(charge.money), currency=charge.currency)
    return False


def promised_at_submission(application: Application) -> dict[str, str]:
    """The day by which a decision is expected, as a notice tells it, where its days count from the submission."""
    if application.submitted_at is None or is_paid_first(application.definition):
        return {}
    return _promised(application, since=application.submitted_at)


def _promised(application: Application, *, since: datetime) -> dict[str, str]:
    promise = expected(application, begun_at=since, pauses=(), stands_since=None, at=since)
    return {"day": promise.day.isoformat()} if promise else {}
