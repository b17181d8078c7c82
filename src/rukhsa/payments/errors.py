"""What can go wrong with money, each with a lasting code."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise

from rukhsa.errors import RukhsaError


class PaymentsError(RukhsaError):
    """The family of this room."""

    code = "payments"


class Unbalanced(PaymentsError):
    """The entries of a posting do not add up to nothing: a fault of ours, and nothing is written."""

    code = "unbalanced"


class NotInTheTable(PaymentsError):
    """The table of postings knows no such move of money: a fault of ours, and nothing is written."""

    code = "not-in-the-table"


class TariffGap(PaymentsError):
    """No row of a charge rule holds for these answers."""

    code = "tariff-gap"


class AlreadySettled(PaymentsError):
    """The charge has its receipt; there is nothing left to pay."""

    code = "already-settled"


class QuoteExpired(PaymentsError):
    """The charge was assessed too long ago and must be assessed anew."""

    code = "quote-expired"


class NotPayable(PaymentsError):
    """The application no longer waits for this payment."""

    code = "not-payable"


class GatewayError(PaymentsError):
    """A gateway does not do what it was asked."""

    code = "gateway"


class OutcomeUnknown(GatewayError):
    """An attempt is under way and its gateway does not say what became of it; nothing new begins."""

    code = "outcome-unknown"


class UnknownGateway(PaymentsError):
    """No gateway of that code is set up."""

    code = "unknown-gateway"


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
    """The terminal may not ask what became of a payment."""

    code = "inquiry-not-offered"


class UnreadableNotice(PaymentsError):
    """Not a notification of this gateway to us; `reason` says why in a word."""

    code = "unreadable-notice"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnprovenNotice(UnreadableNotice):
    """Nothing shows that it is of this gateway: its secret is not ours, or its envelope does not open."""

    code = "unproven-notice"


class NoNotices(PaymentsError):
    """This gateway sends no notifications: one in its name comes from another sender."""

    code = "no-notices"


class NoticeTooLarge(PaymentsError):
    """More than a notification can be; it is not stored."""

    code = "notice-too-large"


class NotHeld(PaymentsError):
    """The deposit does not hold that much."""

    code = "not-held"


class ChannelNotOffered(PaymentsError):
    """It cannot go back that way, or no longer."""

    code = "channel-not-offered"


class BadIban(PaymentsError):
    """No money can be sent to what was given as an account; `text` says why and what to do."""

    code = "bad-iban"

    def __init__(self, text: Promise | str) -> None:
        super().__init__(str(text))
        self.text = text


class BankNotChecked(PaymentsError):
    """Nobody can say of which bank the account is: whoever asks for the transfer has to have compared it."""

    code = "bank-not-checked"


class ReferenceMissing(PaymentsError):
    """A payout that has gone is confirmed under the reference of whoever sent it."""

    code = "reference-missing"


class MoreThanCharged(PaymentsError):
    """The row does not claim that much."""

    code = "more-than-charged"


class LinkClosed(PaymentsError):
    """The payment link was revoked, or its time is over."""

    code = "link-closed"
