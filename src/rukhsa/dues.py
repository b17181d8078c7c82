"""What is charged in the life of an application and when, and telling the applicant of it."""

from datetime import datetime

from rukhsa.applications.models import Application
from rukhsa.delivery.notice import tell
from rukhsa.payments import tariff
from rukhsa.payments.models import Charge

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
            tell(application, f"paid:{charge.pk}", at=at)
        return True
    event = f"{_EVENTS[due]}:{charge.pk}"
    tell(application, event, at=at, amount=str(charge.money), currency=charge.currency)
    return False
