"""Telling the merchant of a transaction, rightly or as a fault says."""

import time
from typing import Any
from urllib.parse import urlsplit

import httpx

from rukhsa_rehearsal.sandbox.cards.api import order_fields, transaction_fields
from rukhsa_rehearsal.sandbox.cards.merchants import ANOTHER_MERCHANT, MERCHANTS
from rukhsa_rehearsal.sandbox.faults import Fault
from rukhsa_rehearsal.sandbox.letters import Message, send
from rukhsa_rehearsal.sandbox.store import Record, Store

OUTBOX = "cards-outbox"
# A notice that is not taken is sent again by the real gateway; here once is enough (seconds).
PATIENCE = 10.0
_LIES: dict[str, dict[str, Any]] = {
    "other-amount": {"amount": 0.001},
    "other-currency": {"currency": "USD"},
    "other-reference": {"id": "999999999999"},
    "forged": {"status": "CAPTURED"},
}


async def notify(store: Store, order: Record, fault: Fault | None) -> None:
    """Send the notice of the order's last transaction."""
    mode = fault.mode if fault else ""
    if fault and mode in ("late", "lost"):
        if mode == "late":
            letter = {"order": order, "due": time.time() + fault.seconds}
            store.put(OUTBOX, f"{order['merchant']}/{order['id']}", letter)
        return
    failed = {**order, "status": "FAILED"}
    await send(_message(order, mode), _message(failed, ""), lambda message: _post(order, message), fault)


async def send_what_is_due(store: Store) -> None:
    """Send the late notices whose time has come; called again and again."""
    for letter in store.all(OUTBOX):
        if letter["due"] <= time.time():
            order = letter["order"]
            await _post(order, _message(order, ""))
            store.remove(OUTBOX, f"{order['merchant']}/{order['id']}")


def _message(order: Record, mode: str) -> Message:
    merchant = ANOTHER_MERCHANT if mode == "other-merchant" else MERCHANTS[order["merchant"]]
    # Whoever forges knows no secret, and guesses one.
    secret = "guessed" if mode == "forged" else merchant.secret
    return {
        "secret": secret,
        "body": {
            "merchant": merchant.id,
            "result": "SUCCESS",
            "order": order_fields(order) | _LIES.get(mode, {}),
            "transaction": transaction_fields(order["transactions"][-1]),
        },
    }


async def _post(order: Record, message: Message) -> str | None:
    if not order["notificationUrl"]:
        return None
    address = urlsplit(order["notificationUrl"])._replace(fragment="").geturl()
    headers = {"X-Notification-Secret": message["secret"], "X-Notification-Attempt": "1"}
    try:
        async with httpx.AsyncClient(timeout=PATIENCE, follow_redirects=False, trust_env=False) as client:
            answer = await client.post(address, json=message["body"], headers=headers)
    except httpx.HTTPError:
        return None
    return answer.text if answer.is_success else None
