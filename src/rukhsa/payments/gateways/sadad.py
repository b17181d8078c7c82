"""SADAD Bahrain: an invoice, paid on its page now or at a kiosk hours later.

Assumed, because no specification was found: the names and words of the status answer, and that a status can be
asked by our own reference when the creation was never answered."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from rukhsa.payments.gateways.port import (
    BillTerms,
    Capabilities,
    Fate,
    GatewayNotSetUp,
    GatewayRefused,
    GatewayReport,
    GatewayUnsure,
    Inquiry,
    Order,
    Redirect,
    UnprovenNotice,
)
from rukhsa.payments.gateways.wire import post_json
from rukhsa.values.money import Money, MoneyError
from rukhsa.values.names import Text

ONLINE = 300
NO_SUCH_INVOICE = "6"
FATES = {
    "PAID": Fate.CAPTURED,
    "PENDING": Fate.OPEN,
    "EXPIRED": Fate.EXPIRED,
    "CANCELLED": Fate.CANCELLED,
}


class SadadGateway:
    """One vendor's account at SADAD."""

    code = "sadad"
    name = Text(ar="سداد", en="SADAD")
    currency = "BHD"
    # No refund call is known: money goes back by bank transfer to the IBAN given in the application.
    # Assumed: an invoice can be paid for three days.
    _bill = BillTerms(
        lasts=timedelta(days=3),
        where=Text(ar="تطبيق سداد أو أجهزته", en="the SADAD app or a SADAD kiosk"),
    )
    capabilities = Capabilities(
        refund_within=None, inquiry=True, asynchronous=True, notifies=False, bill=_bill
    )

    def __init__(
        self,
        *,
        url: str,
        api_key: str,
        vendor_id: str,
        branch_id: str,
        terminal_id: str,
        seconds: float = 10.0,
    ) -> None:
        self.url = url.rstrip("/")
        self.merchant = vendor_id
        self._seconds = seconds
        self._credentials = {
            "api-key": api_key, "vendor-id": vendor_id, "branch-id": branch_id, "terminal-id": terminal_id,
        }  # fmt: skip

    def start(self, order: Order) -> Redirect:
        """POST create: a new invoice."""
        answer = self._ask("create", {
            "customer-name": order.payer_name,
            "amount": str(order.money),
            "date": order.at.strftime("%Y-%m-%d %H:%M:%S"),
            "notification-mode": ONLINE,
            "external-reference": order.reference,
            "description": order.description,
            "msisdn": re.sub(r"\D", "", order.payer_phone),
            "email": order.payer_email,
            "success-url": order.return_address,
            "error-url": order.return_address,
        })  # fmt: skip
        address, reference = str(answer.get("payment-url")), answer.get("transaction-reference")
        if not address.startswith(("https://", "http://")) or not isinstance(reference, str) or not reference:
            raise GatewayUnsure("address")
        return Redirect(address=address, gateway_reference=reference)

    def read_notification(self, raw: bytes, headers: Mapping[str, str]) -> GatewayReport:
        """SADAD is not known to notify: a notice in its name is from another sender."""
        raise UnprovenNotice("no-notifications")

    def acknowledge(self, return_address: str) -> str:
        """Nothing waits for an answer."""
        return ""

    def reference_in_return(self, params: Mapping[str, str]) -> str:
        """The transaction reference of the unsigned return."""
        return params.get("TransactionIdentifier", "")

    def inquire(self, inquiry: Inquiry) -> GatewayReport:
        """POST status: by SADAD's reference, or by ours where the creation was never answered."""
        known = {"transaction-reference": inquiry.gateway_reference} if inquiry.gateway_reference else {}
        try:
            answer = self._ask("status", known or {"external-reference": inquiry.reference})
        except GatewayRefused as refusal:
            if refusal.reason != NO_SUCH_INVOICE:
                raise
            return inquiry.not_known(self.merchant, "not found")
        return _report(answer)

    def refund(self, inquiry: Inquiry, money: Money) -> str:
        """Not offered."""
        raise GatewayRefused("no-refunds")

    def check(self) -> None:
        """Raise GatewayNotSetUp when a part of the account is missing."""
        account = {name.replace("-", "_"): value for name, value in self._credentials.items()}
        GatewayNotSetUp.unless_given(self.code, {"url": self.url, **account})

    def _ask(self, call: str, fields: Mapping[str, object]) -> dict[str, Any]:
        address = f"{self.url}/api/v2/web-ven-sdd/epayment/{call}/"
        answer = post_json(address, {**self._credentials, **fields}, gateway=self.code, seconds=self._seconds)
        if not isinstance(answer, dict) or "error-code" not in answer:
            raise GatewayUnsure("shape")
        if str(answer["error-code"]) != "0":
            raise GatewayRefused(str(answer["error-code"])[:40])
        return answer


def _report(answer: Mapping[str, Any]) -> GatewayReport:
    return GatewayReport(
        fate=FATES.get(str(answer.get("status")), Fate.DOUBTFUL),
        reference=str(answer.get("external-reference", "")),
        gateway_reference=str(answer.get("transaction-reference", "")),
        merchant=str(answer.get("vendor-id", "")),
        money=_money(answer),
        result=str(answer.get("status", ""))[:60],
    )


def _money(answer: Mapping[str, Any]) -> Money | None:
    try:
        return Money.parse(str(answer.get("amount", "")), str(answer.get("currency", "BHD")))
    except MoneyError:
        return None
