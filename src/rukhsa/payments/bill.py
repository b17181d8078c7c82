"""A bill: a payment that was begun at a gateway where it may be paid hours or days later, such as at a kiosk."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from rukhsa.applications.models import Application
from rukhsa.payments.attempt import Attempt
from rukhsa.payments.gateways.registry import gateway
from rukhsa.values.money import Money
from rukhsa.values.names import Text

# A payer who chose to pay later is told of the bill after so long; one who pays at once is not.
TOLD_AFTER: Final = timedelta(minutes=10)
# Open attempts are asked about at doubling intervals: at least one question falls into this span.
TOLD_WITHIN: Final = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Bill:
    """What a payer needs to pay later: the number, the amount, until when, and where."""

    attempt: Attempt
    number: str
    money: Money
    until: datetime
    where: Text
    address: str


def bill_of(application: Application, *, at: datetime) -> Bill | None:
    """The bill of an application that is still open; None where there is none, and after its last moment."""
    open_ = Attempt.objects.open().filter(charge__application=application).select_related("carried_by")
    begun = open_.exclude(gateway_reference="", carried_by=None).order_by("-started_at").first()
    attempt = begun.at_gateway if begun and begun.at_gateway.gateway_reference else None
    terms = gateway(attempt.gateway).capabilities.bill if attempt else None
    if attempt is None or terms is None or at >= attempt.started_at + terms.lasts:
        return None
    return Bill(
        attempt=attempt,
        number=attempt.gateway_reference,
        money=attempt.asked,
        until=attempt.started_at + terms.lasts,
        where=terms.where,
        address=attempt.address if attempt.link_id is None else "",
    )


def is_to_be_told(attempt: Attempt, *, at: datetime) -> bool:
    """Whether the payer of an open attempt is to be told of its bill about now."""
    has_bill = attempt.is_open and gateway(attempt.gateway).capabilities.bill is not None
    return has_bill and TOLD_AFTER <= at - attempt.started_at < TOLD_WITHIN
