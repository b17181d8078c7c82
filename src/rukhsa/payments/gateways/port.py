"""What a payment gateway is to us: the port, and the values that pass through it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from rukhsa.payments.errors import PaymentsError
from rukhsa.values.money import Money
from rukhsa.values.names import Text


class GatewayError(PaymentsError):
    """A gateway does not do what it was asked."""

    code = "gateway"


class GatewayUnreachable(GatewayError):
    """The gateway could not be reached: nothing was sent."""

    code = "gateway-unreachable"


class GatewayUnsure(GatewayError):
    """The gateway was asked and gave no answer that can be read: it may have acted."""

    code = "gateway-unsure"


class GatewayRefused(GatewayError):
    """The gateway said no; `reason` is its own code."""

    code = "gateway-refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class GatewayNotSetUp(GatewayError):
    """The gateway's account is not set up in a way that can work; `lacks` names the options that are at fault."""

    code = "gateway-not-set-up"

    def __init__(self, gateway: str, lacks: Sequence[str]) -> None:
        super().__init__(f"{gateway}: {', '.join(lacks)}")
        self.lacks = tuple(lacks)

    @classmethod
    def unless_given(cls, gateway: str, account: Mapping[str, str]) -> None:
        """Raise when a part of the account is empty."""
        missing = [name for name, value in account.items() if not value]
        if missing:
            raise cls(gateway, missing)


class InquiryNotOffered(GatewayError):
    """The terminal may not ask how a payment ended."""

    code = "inquiry-not-offered"


class UnknownGateway(GatewayError):
    """No gateway of that code is set up, or not any more."""

    code = "unknown-gateway"


class UnreadableNotice(PaymentsError):
    """Not a notification of this gateway to us; `reason` says why in a word."""

    code = "unreadable-notice"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnprovenNotice(UnreadableNotice):
    """Nothing shows that the gateway sent it: its secret is not ours, or its envelope does not open."""

    code = "unproven-notice"


class Fate(StrEnum):
    """How an attempt stands, or ended."""

    OPEN = "open"
    CAPTURED = "captured"
    FAILED = "failed"
    CANCELLED = "cancelled"
    VOIDED = "voided"
    DENIED = "denied"
    EXPIRED = "expired"
    # The gateway knows no payment of that reference.
    NOT_FOUND = "not-found"
    # The report differs from what we asked for, or cannot be proved.
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, kw_only=True)
class BillTerms:
    """How long a bill of a gateway can be paid, and where."""

    lasts: timedelta
    where: Text


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a gateway can do: refund within a time, answer inquiries, be paid long after the start, notify."""

    refund_within: timedelta | None  # of the capture; None: it gives nothing back
    inquiry: bool
    asynchronous: bool
    notifies: bool = True  # False: its notices have no address
    bill: BillTerms | None = None  # where a payment can be begun now and made later


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be paid, by whom, and where the notice goes; `at` in the territory's time."""

    reference: str
    money: Money
    description: str
    payer_name: str
    payer_phone: str
    payer_email: str
    notification_address: str
    return_address: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Redirect:
    """Where the payer goes, and the gateway's own reference of the payment."""

    address: str
    gateway_reference: str


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """The payment we ask about; `gateway_reference` is empty when its creation was never answered, `age` is how long
    ago it was begun."""

    reference: str
    gateway_reference: str
    money: Money
    age: timedelta = timedelta(0)

    def not_known(self, merchant: str, result: str, *, fate: Fate = Fate.NOT_FOUND) -> "GatewayReport":
        """What is reported of a payment that the gateway does not know, in its own words (`result`)."""
        return GatewayReport(
            fate=fate,
            reference=self.reference,
            gateway_reference=self.gateway_reference,
            merchant=merchant,
            money=self.money,
            result=result,
        )


@dataclass(frozen=True, kw_only=True)
class GatewayReport:
    """What a gateway reports about a payment, in a notice or an answer; `money` is None where it cannot be read."""

    fate: Fate
    reference: str
    gateway_reference: str
    merchant: str
    money: Money | None
    # The gateway's own words: its result and the bank's code.
    result: str = ""
    transaction: str = ""
    card: str = ""  # the last four digits, where the gateway says them; never more


class Gateway(Protocol):
    """A payment gateway. Methods that call the gateway raise GatewayUnreachable, GatewayUnsure or GatewayRefused."""

    code: str
    name: Text
    currency: str

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""

    @property
    def merchant(self) -> str:
        """Our account at the gateway, as the gateway writes it."""

    def start(self, order: Order) -> Redirect:
        """Open a payment."""

    def read_notification(self, raw: bytes, headers: Mapping[str, str]) -> GatewayReport:
        """What a notice reports; raises UnprovenNotice when the sender is not proved, UnreadableNotice when
        the gateway sent it but it cannot be read. Makes no call to the gateway."""

    def acknowledge(self, return_address: str) -> str:
        """The text that answers a notification."""

    def reference_in_return(self, params: Mapping[str, str]) -> str:
        """The gateway's reference in the address with which a browser came back, or an empty text."""

    def inquire(self, inquiry: Inquiry) -> GatewayReport:
        """Ask how a payment stands; raises InquiryNotOffered."""

    def refund(self, inquiry: Inquiry, money: Money) -> str:
        """Give money of a captured payment back; answers the gateway's reference of the refund."""

    def check(self) -> None:
        """Raise GatewayNotSetUp unless it is set up in a way that can work; makes no call."""
