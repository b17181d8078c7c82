"""The gateway's interface for merchants: opening payments, inquiring, refunding, the statement."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from rukhsa.values.money import Money, MoneyError
from rukhsa_rehearsal.sandbox import national_books, national_envelope
from rukhsa_rehearsal.sandbox.national_books import TERMINALS, Terminal
from rukhsa_rehearsal.sandbox.store import Record, Store

INQUIRY, REFUND = "8", "2"
UNCLEAR = "SUSPECTED"  # no guide of the gateway has this word


class RefusedError(Exception):
    """The gateway refuses, with a code and a text."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


async def hosted(request: Request) -> Response:
    """POST /payment/API/hosted.htm: open a payment and answer the address of its page."""
    try:
        terminal, fields = await _read(request)
        _check_start(fields)
        payment = national_books.open_payment(request.app.state.store, terminal.id, fields)
        if payment is None:
            # Assumed: no integrator's guide says what the gateway does with a track id used twice.
            raise RefusedError("IPAY0100114", "Duplicate track id")
    except RefusedError as refusal:
        return _refusal(refusal)
    address = f"{request.base_url}national/payment/hosted.htm"
    number = payment["paymentId"]
    fault = request.state.fault
    in_guide_form = fault is not None and fault.mode == "guide-form"
    result = f"{number}:{address}" if in_guide_form else f"{address}?PaymentID={number}"
    return JSONResponse([{"status": "1", "result": result, "error": None, "errorText": None}])


async def tranportal(request: Request) -> Response:
    """POST /payment/API/tranportal.htm: action 8 inquires, action 2 refunds (its wire form is assumed)."""
    store = request.app.state.store
    fault = request.state.fault
    try:
        terminal, fields = await _read(request)
        if fault is not None and fault.mode == "no-inquiry":
            raise RefusedError("IPAY0100048", "Action not enabled for this terminal")
        if fields.get("action") == INQUIRY:
            answer = _inquire(store, terminal, fields)
        elif fields.get("action") == REFUND:
            answer = _refund(store, terminal, fields)
        else:
            raise RefusedError("IPAY0100010", "Invalid action")
    except RefusedError as refusal:
        return _refusal(refusal)
    if fault is not None and fault.mode == "unclear":
        answer["result"] = UNCLEAR
    return JSONResponse([{"status": "1", "trandata": national_envelope.close(answer, terminal.key)}])


async def statement(request: Request) -> Response:
    """GET /national/ledger.json: the gateway's own account of every payment."""
    return JSONResponse(national_books.lines(request.app.state.store))


def result_fields(payment: Record) -> dict[str, Any]:
    """What the gateway tells the merchant about a payment, under the names that integrators know."""
    names = ("paymentId", "trackId", "amt", "result", "transId", "ref", "authCode", "authRespCode")
    told = {name: payment.get(name, "") for name in names}
    return told | {f"udf{n}": payment.get(f"udf{n}", "") for n in range(1, 6)}


async def _read(request: Request) -> tuple[Terminal, dict[str, Any]]:
    try:
        body = await request.json()
        outer = body[0]
        terminal = TERMINALS[outer["id"]]
        fields = national_envelope.open_envelope(outer["trandata"], terminal.key)
    except (ValueError, LookupError, TypeError) as error:
        raise RefusedError("IPAY0100001", "Missing or wrong terminal id or trandata") from error
    if (fields.get("id"), fields.get("password")) != (terminal.id, terminal.password):
        raise RefusedError("IPAY0100005", "Tranportal id or password not valid")
    return terminal, fields


def _check_start(fields: dict[str, Any]) -> None:
    missing = [
        name
        for name in ("trackId", "responseURL", "errorURL", *(f"udf{n}" for n in range(1, 6)))
        if name not in fields
    ]
    if missing:
        raise RefusedError("IPAY0100013", f"Missing {', '.join(missing)}")
    if (fields.get("action"), fields.get("cardType")) != ("1", "D"):
        raise RefusedError("IPAY0100010", "Invalid action or card type")
    if fields.get("currencycode") != "048":
        raise RefusedError("IPAY0100023", "Invalid currency code")
    if _amount(fields).minor <= 0:
        raise RefusedError("IPAY0100025", "Invalid amount")


def _amount(fields: dict[str, Any]) -> Money:
    try:
        return Money.parse(str(fields.get("amt", "")), "BHD")
    except MoneyError as error:
        raise RefusedError("IPAY0100025", "Invalid amount") from error


def _inquire(store: Store, terminal: Terminal, fields: dict[str, Any]) -> dict[str, Any]:
    payment = national_books.find(
        store, terminal.id, by=fields.get("udf5", "TrackID"), value=fields.get("transId", "")
    )
    if payment is None:
        raise RefusedError("IPAY0100264", "Transaction not found")
    return result_fields(national_books.expire(store, payment))


def _refund(store: Store, terminal: Terminal, fields: dict[str, Any]) -> dict[str, Any]:
    payment = national_books.find(
        store, terminal.id, by=fields.get("udf5", "TransID"), value=fields.get("transId", "")
    )
    done = national_books.refund(store, payment, _amount(fields)) if payment else None
    if payment is None or done is None:
        raise RefusedError("IPAY0100263", "Nothing to refund, or more than was paid")
    return {**result_fields(payment), "amt": done["amt"], "transId": done["transId"]}


def _refusal(refusal: RefusedError) -> Response:
    return JSONResponse([{"status": "2", "result": None, "error": refusal.code, "errorText": refusal.text}])
