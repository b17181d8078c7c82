"""The page on which the payer pays, and the notice to the merchant that follows, right or as a fault says."""

import re
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rukhsa_rehearsal.sandbox import fault_modes, national_books, national_envelope
from rukhsa_rehearsal.sandbox.fault_modes import NOTIFICATION, ON_NOTIFICATIONS, Fault
from rukhsa_rehearsal.sandbox.national_books import ANOTHER_MERCHANT, TERMINALS
from rukhsa_rehearsal.sandbox.national_interface import result_fields
from rukhsa_rehearsal.sandbox.rendering import page
from rukhsa_rehearsal.sandbox.sending import merchant, send
from rukhsa_rehearsal.sandbox.store import Record, Store

LATE_ANSWER = "IPAY0400001"


async def show(request: Request) -> Response:
    """GET: what is to be paid and the choice of what happens."""
    payment = _payment(request)
    if payment is None:
        return page(request, "unknown", status=404)
    return page(
        request, "national_pay", payment=payment, merchant=TERMINALS[payment["terminal"]].name,
        codes={code: text for code, text in national_books.RESPONSE_CODES.items() if code != "00"},
        faults=ON_NOTIFICATIONS, open=payment["result"] == national_books.OPEN,
    )  # fmt: skip


async def choose(request: Request) -> Response:
    """POST: `outcome`, `code`, and for tests `fault`, `seconds`, `copies`; then send the payer back."""
    payment = _payment(request)
    form = await request.form()
    outcome = str(form.get("outcome", ""))
    if payment is None:
        return page(request, "unknown", status=404)
    if outcome == "CLOSED":
        return page(request, "national_closed", payment=payment)
    if outcome not in national_books.OUTCOMES or payment["result"] != national_books.OPEN:
        return page(request, "national_closed", payment=payment, status=409)
    store: Store = request.app.state.store
    ended = national_books.end(store, payment, outcome, str(form.get("code", "05")))
    return await _tell_and_leave(
        request, store, ended, fault_modes.of_form(dict(form)) or fault_modes.take_fault(store, NOTIFICATION)
    )


async def _tell_and_leave(request: Request, store: Store, payment: Record, fault: Fault | None) -> Response:
    target = await notify(store, payment, fault)
    if target == "":
        return page(request, "national_closed", payment=payment)
    if target is None:
        national_books.void(store, payment)
        failure = {
            "paymentid": payment["paymentId"], "Trackid": payment["trackId"], "amt": payment["amt"],
            "ErrorText": "!ERROR!-IPAY0400001-Merchant did not answer", "Error": LATE_ANSWER,
        }  # fmt: skip
        return RedirectResponse(f"{payment['errorURL']}?{urlencode(failure)}", status_code=303)
    same = national_envelope.close(result_fields(payment), TERMINALS[payment["terminal"]].key)
    query = urlencode({"paymentid": payment["paymentId"], "trandata": same})
    return RedirectResponse(f"{target}{'&' if '?' in target else '?'}{query}", status_code=303)


def _payment(request: Request) -> Record | None:
    store: Store = request.app.state.store
    found = store.get(national_books.KIND, request.query_params.get("PaymentID", ""))
    return national_books.expire(store, found) if found else None


OUTBOX = "national-outbox"
# Seconds until the payment of a merchant that has not answered is voided (assumed).
PATIENCE = 10.0


async def notify(store: Store, payment: Record, fault: Fault | None) -> str | None:
    """Send the notification; return the address to which the merchant sends the payer, or None.

    With a fault it is sent as the fault says; `""` stands for an answer that was not awaited."""
    mode = fault.mode if fault else ""
    if fault and mode in ("late", "lost"):
        if mode == "late":
            _post_later(store, payment, fault.seconds)
        return ""
    declined = _message({**payment, "result": "NOT CAPTURED", "authRespCode": "05"}, "")
    return await send(_message(payment, mode), declined, lambda message: _post(payment, message), fault)


async def send_what_is_due(store: Store) -> None:
    """Send the late notifications whose time has come; called again and again."""
    for letter in store.all(OUTBOX):
        if letter["due"] <= time.time():
            await _post(letter["payment"], _message(letter["payment"], ""))
            store.remove(OUTBOX, letter["payment"]["paymentId"])


def _post_later(store: Store, payment: Record, seconds: float) -> None:
    store.put(OUTBOX, payment["paymentId"], {"payment": payment, "due": time.time() + seconds})


def _message(payment: Record, mode: str) -> dict[str, Any]:
    fields = result_fields(payment) | _LIES.get(mode, {})
    terminal = ANOTHER_MERCHANT if mode == "other-merchant" else TERMINALS[payment["terminal"]]
    # The clear fields beside trandata are empty even when the payment was captured, as integrators report.
    return {
        "trandata": national_envelope.close(fields, terminal.key),
        "paymentid": payment["paymentId"],
        "result": "",
    }


_LIES: dict[str, dict[str, Any]] = {
    "other-merchant": {"id": ANOTHER_MERCHANT.id},
    "other-amount": {"amt": "0.001"},
    "other-currency": {"currencycode": "840"},
    "other-reference": {"trackId": "999999999999"},
    "forged": {"result": "CAPTURED", "authRespCode": "00"},
}


async def _post(payment: Record, message: dict[str, Any]) -> str | None:
    # Query strings are stripped from the merchant's addresses: it finds the payment by its track id.
    address = urlsplit(payment["responseURL"])._replace(query="", fragment="").geturl()
    try:
        async with merchant(patience=PATIENCE) as client:
            answer = await client.post(address, data=message)
    except httpx.HTTPError:
        return None
    found = re.fullmatch(r"REDIRECT=(https?://\S+)", answer.text) if answer.status_code == 200 else None
    return found[1] if found else None
