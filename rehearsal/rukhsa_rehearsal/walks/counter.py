"""The gateway with which walks pay: it works inside the process, and every payment succeeds."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from rukhsa.catalogue.territory import territory
from rukhsa.payments.gateways.port import (
    Capabilities,
    Fate,
    GatewayReport,
    Inquiry,
    Order,
    Redirect,
    UnreadableNotice,
)
from rukhsa.values.money import Money
from rukhsa.values.names import Text

CODE: Final = "counter"
GATEWAYS: Final[dict[str, dict[str, Any]]] = {CODE: {"adapter": "rukhsa_rehearsal.walks.counter.Counter"}}
"""PAYMENT_GATEWAYS while a walk is played: no other is there that it could reach."""


class Counter:
    """A gateway that captures every amount at once."""

    code = CODE
    name = Text(ar="الصندوق", en="Counter")
    capabilities = Capabilities(refund_within=timedelta(days=30), inquiry=True, asynchronous=False)
    merchant = "walk"

    @property
    def currency(self) -> str:
        """The territory's currency."""
        return territory().currency

    def start(self, order: Order) -> Redirect:
        """Return at once: there is no page to pay on."""
        return Redirect(address=order.return_address, gateway_reference=f"paid-{order.reference}")

    def read_notification(self, raw: bytes, headers: Mapping[str, str]) -> GatewayReport:
        """Refuse: this gateway sends no notices."""
        raise UnreadableNotice("no-notifications")

    def acknowledge(self, return_address: str) -> str:
        """Nothing, since no notice waits for an answer."""
        return ""

    def reference_in_return(self, params: Mapping[str, str]) -> str:
        """Nothing, since no payer returns from it."""
        return ""

    def inquire(self, inquiry: Inquiry) -> GatewayReport:
        """Report that the exact amount was captured."""
        return GatewayReport(
            fate=Fate.CAPTURED,
            reference=inquiry.reference,
            gateway_reference=inquiry.gateway_reference,
            merchant=self.merchant,
            money=inquiry.money,
        )

    def refund(self, inquiry: Inquiry, money: Money) -> str:
        """Refund the amount."""
        return f"refunded-{inquiry.reference}"

    def check(self) -> None:
        """Succeed, always."""
