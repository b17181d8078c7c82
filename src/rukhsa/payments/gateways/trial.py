"""Whether a gateway would work now: how it is set up, and its answer about a payment that does not exist."""

from dataclasses import dataclass
from enum import StrEnum

from rukhsa.payments.gateways.port import (
    Gateway,
    GatewayNotSetUp,
    GatewayRefused,
    GatewayUnreachable,
    GatewayUnsure,
    Inquiry,
    InquiryNotOffered,
)
from rukhsa.values.money import Money

# No attempt of ours has this reference: they begin with a day.
NOTHING = "000000000000000"


class Answer(StrEnum):
    """How the gateway answered a question about a payment that does not exist."""

    IN_ORDER = "in-order"  # it knows us, and knows no such payment
    REFUSED = "refused"  # it does not know us, or wants something else
    UNREACHABLE = "unreachable"
    UNSURE = "unsure"  # it answered nothing that can be read
    NOT_OFFERED = "not-offered"  # it cannot be asked
    NOT_SET_UP = "not-set-up"


@dataclass(frozen=True, kw_only=True)
class Trial:
    """How such a question ended; `detail` is the gateway's own code, or what the account lacks."""

    answer: Answer
    detail: str = ""


def lacks(gateway: Gateway) -> tuple[str, ...]:
    """The options of its account that are at fault: none when it is set up. Makes no call."""
    try:
        gateway.check()
    except GatewayNotSetUp as error:
        return error.lacks
    return ()


def try_out(gateway: Gateway) -> Trial:
    """Ask the gateway about a payment that does not exist: it moves no money, and shows that the account works.

    Called outside any transaction, because it calls the gateway and waits as long as the adapter does."""
    if missing := lacks(gateway):
        return Trial(answer=Answer.NOT_SET_UP, detail=" ".join(missing))
    nothing = Inquiry(
        reference=NOTHING, gateway_reference="", money=Money(minor=1, currency=gateway.currency)
    )
    try:
        gateway.inquire(nothing)
    except GatewayRefused as error:
        return Trial(answer=Answer.REFUSED, detail=error.reason)
    except GatewayUnreachable as error:
        return Trial(answer=Answer.UNREACHABLE, detail=str(error))
    except GatewayUnsure as error:
        return Trial(answer=Answer.UNSURE, detail=str(error))
    except InquiryNotOffered:
        return Trial(answer=Answer.NOT_OFFERED)
    return Trial(answer=Answer.IN_ORDER)
