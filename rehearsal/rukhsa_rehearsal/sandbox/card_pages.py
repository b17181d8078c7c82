"""The page on which the payer gives a card, and the notice to the merchant that follows, right or as a fault says."""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rukhsa_rehearsal.sandbox import card_books, fault_modes
from rukhsa_rehearsal.sandbox.card_books import ANOTHER_MERCHANT, MERCHANTS
from rukhsa_rehearsal.sandbox.card_interface import order_fields, transaction_fields
from rukhsa_rehearsal.sandbox.fault_modes import CARDS_NOTIFICATION, ON_NOTIFICATIONS, Fault
from rukhsa_rehearsal.sandbox.rendering import page
from rukhsa_rehearsal.sandbox.sending import Message, merchant, send
from rukhsa_rehearsal.sandbox.store import Record, Store


async def show(request: Request) -> Response:
    """GET /cards/checkout/pay/{session}: what is to be paid, and the choice of what happens."""
    order = _order(request)
    return page(request, "unknown", status=404) if order is None else _page(request, order)


async def choose(request: Request) -> Response:
    """POST: `outcome` (CAPTURED, DECLINED, CANCELLED, CLOSED), `code`, and for tests `fault`, `seconds`, `copies`."""
    order = _order(request)
    if order is None:
        return page(request, "unknown", status=404)
    form = dict(await request.form())
    match str(form.get("outcome", "")):
        case "CLOSED":
            return _page(request, order, left=True)
        case "CANCELLED":
            return RedirectResponse(order["cancelUrl"] or order["returnUrl"], status_code=303)
        case "CAPTURED" | "DECLINED" as outcome if card_books.is_open(order):
            return await _try_card(request, order, outcome, form)
        case _:
            return _page(request, order, status=409)


async def _try_card(request: Request, order: Record, outcome: str, form: Mapping[str, object]) -> Response:
    store: Store = request.app.state.store
    code = "" if outcome == "CAPTURED" else str(form.get("code") or "DECLINED")
    tried = card_books.pay(store, order, code=code)
    fault = fault_modes.of_form(form) or fault_modes.take_fault(store, CARDS_NOTIFICATION)
    await notify(store, tried, fault)
    if code or (fault and fault.mode in ("late", "lost")):
        return _page(request, tried, left=not code)
    query = urlencode({"resultIndicator": tried["indicator"], "sessionVersion": tried["indicator"]})
    joint = "&" if "?" in tried["returnUrl"] else "?"
    return RedirectResponse(f"{tried['returnUrl']}{joint}{query}", status_code=303)


def _page(request: Request, order: Record, *, left: bool = False, status: int = 200) -> Response:
    return page(
        request, "cards_pay", order=order, merchant=MERCHANTS[order["merchant"]].name, codes=card_books.GATEWAY_CODES,
        faults=ON_NOTIFICATIONS, open=card_books.is_open(order), left=left, status=status,
    )  # fmt: skip


def _order(request: Request) -> Record | None:
    return card_books.of_session(request.app.state.store, request.path_params["session"])


OUTBOX = "cards-outbox"
# Seconds. The real gateway sends a notice again that was not accepted; here once is enough.
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
    # A forger does not know the secret, and guesses one.
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
        async with merchant(patience=PATIENCE) as client:
            answer = await client.post(address, json=message["body"], headers=headers)
    except httpx.HTTPError:
        return None
    return answer.text if answer.is_success else None
