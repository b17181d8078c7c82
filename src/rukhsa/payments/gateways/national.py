"""The national gateway (BENEFIT Payment Gateway, hosted page), after its integrators' notes.

Assumed, because no specification was found: the wire form of inquiry and refund answers (the same envelope), the
result word of an unfinished payment, and the error code of a payment that does not exist."""

import re
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qs

from rukhsa.payments.gateways.envelope import read_fields, seal_fields
from rukhsa.payments.gateways.port import (
    Capabilities,
    Fate,
    GatewayNotSetUp,
    GatewayRefused,
    GatewayReport,
    GatewayUnsure,
    Inquiry,
    InquiryNotOffered,
    Order,
    Redirect,
    UnprovenNotice,
    UnreadableNotice,
)
from rukhsa.payments.gateways.wire import post_json
from rukhsa.values.money import NUMERIC_CODES, Money, MoneyError
from rukhsa.values.names import Text

PURCHASE, REFUND, INQUIRY = "1", "2", "8"
NOT_FOUND = "IPAY0100264"
REFUND_WITHIN = timedelta(days=14)
CAPTURED = "CAPTURED"
FATES = {
    CAPTURED: Fate.CAPTURED,
    "NOT CAPTURED": Fate.FAILED,
    "CANCELED": Fate.CANCELLED,
    "DENIED BY RISK": Fate.DENIED,
    "HOST TIMEOUT": Fate.FAILED,
    "VOIDED": Fate.VOIDED,
    "INITIATED": Fate.OPEN,
}


class NationalGateway:
    """One terminal; `resource_key` has 32 characters, `inquiry` says whether the terminal may ask."""

    code = "national"
    name = Text(ar="البوابة الوطنية للمدفوعات", en="National payment gateway")
    currency = "BHD"

    def __init__(
        self,
        *,
        url: str,
        tranportal_id: str,
        password: str,
        resource_key: str,
        inquiry: bool,
        seconds: float = 10.0,
    ) -> None:
        self.url = url.rstrip("/")
        self.merchant = tranportal_id
        self._password = password
        self._key = resource_key
        self._seconds = seconds
        self.capabilities = Capabilities(refund_within=REFUND_WITHIN, inquiry=inquiry, asynchronous=False)

    def start(self, order: Order) -> Redirect:
        """POST hosted.htm: open a payment; our addresses carry no query, which the gateway would strip."""
        answer = self._ask("hosted.htm", {
            "amt": str(order.money),
            "action": PURCHASE,
            "cardType": "D",
            "currencycode": NUMERIC_CODES[order.money.currency],
            "trackId": order.reference,
            "udf1": "", "udf2": "", "udf3": "", "udf4": "", "udf5": "",
            "responseURL": order.notification_address,
            "errorURL": order.return_address,
        })  # fmt: skip
        return _read_redirect(str(answer.get("result") or ""))

    def read_notification(self, raw: bytes, headers: Mapping[str, str]) -> GatewayReport:
        """The decrypted fields only: the clear fields beside them are empty, or could be written by anyone."""
        try:
            form = parse_qs(raw.decode("ascii"), strict_parsing=True, max_num_fields=50)
        except ValueError as error:
            raise UnprovenNotice("form") from error
        values = form.get("trandata", [])
        if len(values) != 1:
            raise UnprovenNotice("trandata")
        return self._report(read_fields(values[0], self._key))

    def acknowledge(self, return_address: str) -> str:
        """Exactly this, or the gateway voids the payment."""
        return f"REDIRECT={return_address}"

    def reference_in_return(self, params: Mapping[str, str]) -> str:
        """The payment id, in either of the two spellings that integrators report."""
        return params.get("paymentid") or params.get("PaymentID") or ""

    def inquire(self, inquiry: Inquiry) -> GatewayReport:
        """Action 8 by our track id, which is ours even when the start was never answered."""
        if not self.capabilities.inquiry:
            raise InquiryNotOffered(self.code)
        try:
            return self._report(self._act(INQUIRY, inquiry.reference, "TrackID", inquiry, inquiry.money))
        except GatewayRefused as refusal:
            if refusal.reason != NOT_FOUND:
                raise
        return inquiry.not_known(self.merchant, NOT_FOUND)

    def refund(self, inquiry: Inquiry, money: Money) -> str:
        """Action 2, within 14 days of the payment, all of it or a part; only CAPTURED, with a number, is a refund."""
        answer = self._act(REFUND, inquiry.gateway_reference, "PaymentID", inquiry, money)
        number = answer.get("transId", "")
        if answer.get("result") != CAPTURED or not number:
            raise GatewayUnsure("result")
        return number

    def check(self) -> None:
        """Raise GatewayNotSetUp when a part is missing, or the key has not the 32 bytes that the cipher wants."""
        account = {"url": self.url, "tranportal_id": self.merchant, "password": self._password}
        GatewayNotSetUp.unless_given(self.code, account)
        if len(self._key.encode()) != 32:
            raise GatewayNotSetUp(self.code, ["resource_key"])

    def _act(self, action: str, value: str, by: str, inquiry: Inquiry, money: Money) -> dict[str, str]:
        answer = self._ask("tranportal.htm", {
            "amt": str(money),
            "action": action,
            "currencycode": NUMERIC_CODES[money.currency],
            "trackId": inquiry.reference,
            "transId": value,
            "udf1": "", "udf2": "", "udf3": "", "udf4": "", "udf5": by,
        })  # fmt: skip
        try:
            return read_fields(str(answer.get("trandata") or ""), self._key)
        except UnreadableNotice as error:
            raise GatewayUnsure("answer") from error

    def _ask(self, page: str, fields: Mapping[str, str]) -> Mapping[str, object]:
        ours = {**fields, "id": self.merchant, "password": self._password}
        body = [{"id": self.merchant, "trandata": seal_fields(ours, self._key)}]
        answers = post_json(f"{self.url}/payment/API/{page}", body, gateway=self.code, seconds=self._seconds)
        if not (isinstance(answers, list) and len(answers) == 1 and isinstance(answers[0], dict)):
            raise GatewayUnsure("shape")
        answer: Mapping[str, object] = answers[0]
        if answer.get("status") == "2":
            raise GatewayRefused(str(answer.get("error") or "")[:40])
        if answer.get("status") != "1":
            raise GatewayUnsure("status")
        return answer

    def _report(self, fields: Mapping[str, str]) -> GatewayReport:
        code = fields.get("authRespCode", "")
        result = fields.get("result", "")
        return GatewayReport(
            fate=FATES.get(result, Fate.DOUBTFUL),
            reference=fields.get("trackId", ""),
            gateway_reference=fields.get("paymentId", ""),
            # The key is the terminal's own, so a merchant counts only where the notice names another.
            merchant=fields.get("id", self.merchant),
            money=_money(fields),
            result=f"{result} {code}".strip()[:60],
            transaction=fields.get("transId", ""),
        )


def _read_redirect(result: str) -> Redirect:
    by_guide = re.fullmatch(r"([0-9]+):(https?://\S+)", result)
    if by_guide:
        return Redirect(address=f"{by_guide[2]}?PaymentID={by_guide[1]}", gateway_reference=by_guide[1])
    by_address = re.fullmatch(r"https?://\S+[?&]PaymentID=([0-9]+)", result)
    if by_address:
        return Redirect(address=result, gateway_reference=by_address[1])
    raise GatewayUnsure("address")


def _money(fields: Mapping[str, str]) -> Money | None:
    if fields.get("currencycode", NUMERIC_CODES["BHD"]) != NUMERIC_CODES["BHD"]:
        return None
    try:
        return Money.parse(fields.get("amt", ""), "BHD")
    except MoneyError:
        return None
