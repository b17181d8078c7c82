"""Telling the merchant what became of a payment, rightly or as a fault says."""

import re
import time
from typing import Any
from urllib.parse import urlsplit

import httpx

from rukhsa_rehearsal.sandbox.faults import Fault
from rukhsa_rehearsal.sandbox.letters import send
from rukhsa_rehearsal.sandbox.national import envelope
from rukhsa_rehearsal.sandbox.national.api import result_fields
from rukhsa_rehearsal.sandbox.national.terminals import ANOTHER_MERCHANT, TERMINALS
from rukhsa_rehearsal.sandbox.store import Record, Store

OUTBOX = "national-outbox"
# A merchant that has not answered by then has its payment voided (seconds; assumed).
PATIENCE = 10.0


async def notify(store: Store, payment: Record, fault: Fault | None) -> str | None:
    """Send the notification; the address the merchant wants the payer sent to, or None where it gave none.

    With a fault it is sent as the fault says, and `""` stands for an answer nobody waited for."""
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
    return {"trandata": envelope.close(fields, terminal.key), "paymentid": payment["paymentId"], "result": ""}


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
        async with httpx.AsyncClient(timeout=PATIENCE, follow_redirects=False, trust_env=False) as client:
            answer = await client.post(address, data=message)
    except httpx.HTTPError:
        return None
    found = re.fullmatch(r"REDIRECT=(https?://\S+)", answer.text) if answer.status_code == 200 else None
    return found[1] if found else None
