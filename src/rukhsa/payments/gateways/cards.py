"""Cards, on the hosted checkout of the Mastercard Gateway as CrediMax offers it, after its integrators' notes.

Its page decides nothing: the browser's `resultIndicator` is for showing only, and a notice is a claim that carries a
shared secret. What counts is the order, retrieved, with status CAPTURED and equal in every part.

Assumed, because no specification was found: the error of an order that does not exist, for how long a payment can be
refunded, and that there is no order where nothing was ever paid on the page."""

import hmac
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from rukhsa.payments.gateways.port import (
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
    UnreadableNotice,
)
from rukhsa.payments.gateways.wire import ask_json, once
from rukhsa.values.money import Money, MoneyError
from rukhsa.values.names import Text

VERSION = 100
ANSWERED = (200, 201, 400, 401, 403, 404)
NOT_FOUND = "Unable to find order"
# How long the page waits for the payer (the gateway's own limit), and then how long a payment may still be on its way.
PAGE_LASTS = timedelta(minutes=30)
ON_ITS_WAY = timedelta(minutes=15)
LONGEST = 15  # digits of an amount
SECRET = "x-notification-secret"  # noqa: S105 - the name of a header
FATES = {
    "CAPTURED": Fate.CAPTURED,
    "FAILED": Fate.FAILED,
    "CANCELLED": Fate.CANCELLED,
    "AUTHENTICATION_INITIATED": Fate.OPEN,
    "AUTHENTICATION_NOT_NEEDED": Fate.OPEN,
    "AUTHENTICATED": Fate.OPEN,
    "AUTHENTICATION_UNSUCCESSFUL": Fate.FAILED,
}


class CardsGateway:
    """One merchant at the gateway; `secret` is what its notices carry, `refund_days` for how many days it refunds."""

    code = "cards"
    name = Text(ar="بطاقة ائتمان أو خصم", en="Credit or debit card")
    currency = "BHD"

    def __init__(
        self,
        *,
        url: str,
        merchant: str,
        password: str,
        secret: str,
        refund_days: int = 90,
        seconds: float = 10.0,
    ) -> None:
        self.url = url.rstrip("/")
        self.merchant = merchant
        self._password = password
        self._secret = secret
        self._seconds = seconds
        self.capabilities = Capabilities(
            refund_within=timedelta(days=refund_days), inquiry=True, asynchronous=False
        )

    def start(self, order: Order) -> Redirect:
        """INITIATE_CHECKOUT, to purchase; the order's id is our reference, and so is the gateway's own."""
        answer = self._ask("POST", "session", {
            "apiOperation": "INITIATE_CHECKOUT",
            "interaction": {
                "operation": "PURCHASE",
                "merchant": {"name": self.merchant},
                "returnUrl": order.return_address,
                "cancelUrl": order.return_address,
                "timeoutUrl": order.return_address,
                "timeout": int(PAGE_LASTS.total_seconds()),
            },
            "order": {
                "id": order.reference,
                "reference": order.reference,
                "amount": str(order.money),
                "currency": order.money.currency,
                "description": order.description,
                "notificationUrl": order.notification_address,
            },
            "transaction": {"reference": order.reference},
        })  # fmt: skip
        session = answer.get("session")
        number = session.get("id") if isinstance(session, dict) else None
        if not isinstance(number, str) or not number.isalnum():
            raise GatewayUnsure("session")
        address = f"{self.url}/checkout/pay/{number}?checkoutVersion=1.0.0"
        return Redirect(address=address, gateway_reference=order.reference)

    def read_notification(self, raw: bytes, headers: Mapping[str, str]) -> GatewayReport:
        """The transaction in the notice, once the secret beside it is ours."""
        given = {name.lower(): value for name, value in headers.items()}.get(SECRET, "")
        if not self._secret or not hmac.compare_digest(given.encode(), self._secret.encode()):
            raise UnprovenNotice("secret")
        body = _object(raw)
        order, transaction = body.get("order"), body.get("transaction")
        if not isinstance(order, dict) or not isinstance(transaction, dict):
            raise UnreadableNotice("shape")
        return _report({**order, "merchant": body.get("merchant")}, transaction)

    def acknowledge(self, return_address: str) -> str:
        """The status is answer enough."""
        return ""

    def reference_in_return(self, params: Mapping[str, str]) -> str:
        """None: a result indicator names no payment, and is for showing only."""
        return ""

    def inquire(self, inquiry: Inquiry) -> GatewayReport:
        """RETRIEVE_ORDER. Before anything was paid there is no order, though its page may be open."""
        try:
            return _report(self._ask("GET", f"order/{quote(inquiry.reference, safe='')}"), {})
        except GatewayRefused as refusal:
            if not refusal.reason.startswith(NOT_FOUND):
                raise
        return inquiry.not_known(self.merchant, "no order", fate=_fate_without_order(inquiry))

    def refund(self, inquiry: Inquiry, money: Money) -> str:
        """REFUND. An order is refunded under one id, so that the gateway recognises a second request."""
        number = f"refund-{inquiry.reference}"
        answer = self._ask("PUT", f"order/{quote(inquiry.reference, safe='')}/transaction/{number}", {
            "apiOperation": "REFUND",
            "transaction": {"amount": str(money), "currency": money.currency},
        })  # fmt: skip
        if answer.get("result") != "SUCCESS":
            raise GatewayUnsure("result")
        return number

    def check(self) -> None:
        """Raise GatewayNotSetUp when a part of the account is missing."""
        account = {
            "url": self.url, "merchant": self.merchant, "password": self._password, "secret": self._secret
        }  # fmt: skip
        GatewayNotSetUp.unless_given(self.code, account)

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        answer = ask_json(
            method,
            f"{self.url}/api/rest/version/{VERSION}/merchant/{quote(self.merchant, safe='')}/{path}",
            gateway=self.code,
            body=body,
            seconds=self._seconds,
            auth=(f"merchant.{self.merchant}", self._password),
            answered=ANSWERED,
        )
        if not isinstance(answer, dict):
            raise GatewayUnsure("shape")
        match answer.get("result"):
            case "ERROR":
                raise _error(answer.get("error"))
            case "FAILURE":
                raise GatewayRefused("FAILURE")
            case "SUCCESS":
                return answer
            case _:
                raise GatewayUnsure("result")


def _error(error: object) -> GatewayRefused | GatewayUnsure:
    details = error if isinstance(error, dict) else {}
    if details.get("cause") in ("INVALID_REQUEST", "REQUEST_REJECTED"):
        return GatewayRefused(str(details.get("explanation") or details["cause"])[:40])
    return GatewayUnsure(str(details.get("cause"))[:40])


def _fate_without_order(inquiry: Inquiry) -> Fate:
    if not inquiry.gateway_reference:
        return Fate.NOT_FOUND
    return Fate.EXPIRED if inquiry.age > PAGE_LASTS + ON_ITS_WAY else Fate.OPEN


def _report(order: Mapping[str, Any], transaction: Mapping[str, Any]) -> GatewayReport:
    status = str(order.get("status", ""))
    reference = order.get("id")
    return GatewayReport(
        fate=FATES.get(status, Fate.DOUBTFUL),
        reference=reference if isinstance(reference, str) else "",
        gateway_reference=reference if isinstance(reference, str) else "",
        merchant=str(order.get("merchant", "")),
        money=_money(order),
        result=status[:60],
        transaction=str(transaction.get("id", "")),
        card=_last_digits(order),
    )


def _last_digits(order: Mapping[str, Any]) -> str:
    """The last digits of the card, which the gateway writes as 512345xxxxxx0008; an empty text where it does not."""
    where: Any = order
    for name in ("sourceOfFunds", "provided", "card", "number"):
        where = where.get(name) if isinstance(where, Mapping) else None
    digits = where[-4:] if isinstance(where, str) else ""
    return digits if re.fullmatch("[0-9]{4}", digits) else ""


def _money(order: Mapping[str, Any]) -> Money | None:
    # A number in the gateway's answers, text in some of its notices.
    amount = order.get("amount")
    if not isinstance(amount, int | str | Decimal) or isinstance(amount, bool):
        return None
    if isinstance(amount, Decimal):
        # Written out, a number such as 1e999999999 would fill the memory.
        amount = f"{amount:f}" if abs(amount.adjusted()) < LONGEST else ""
    try:
        return Money.parse(str(amount), str(order.get("currency", "")))
    except MoneyError:
        return None


def _object(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(
            raw.decode(), object_pairs_hook=once, parse_float=Decimal, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise UnreadableNotice("json") from error
    if not isinstance(body, dict):
        raise UnreadableNotice("shape")
    return body


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")
