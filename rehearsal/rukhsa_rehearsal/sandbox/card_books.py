"""What the card gateway knows: its merchants, checkouts, orders paid or not, and refunds."""

import base64
import binascii
import hmac
import secrets
import time
from dataclasses import dataclass
from typing import Any

from rukhsa.values.money import Money
from rukhsa_rehearsal.sandbox.store import Record, Store

KIND = "cards-order"
SESSIONS = "cards-session"
# The state of an order that was never tried; the gateway then says that there is none.
UNTRIED = ""
CAPTURED, FAILED = "CAPTURED", "FAILED"
# The gateway's codes of a payment that did not succeed.
GATEWAY_CODES = {
    "DECLINED": "رفض البنك · Declined",
    "INSUFFICIENT_FUNDS": "الرصيد غير كافٍ · Insufficient funds",
    "EXPIRED_CARD": "بطاقة منتهية · Expired card",
    "AUTHENTICATION_FAILED": "لم تُثبت الهوية · Authentication failed",
    "BLOCKED": "رفض للمخاطر · Blocked",
    "TIMED_OUT": "لم يجب البنك · Timed out",
}


def open_checkout(store: Store, merchant: str, body: dict[str, Any], lasts: float) -> Record | None:
    """Open a checkout; None when this merchant has used the order's id before."""
    order = body["order"]
    session = f"SESSION{secrets.token_hex(12).upper()}"
    kept = {
        "id": order["id"], "merchant": merchant, "amount": order["amount"], "currency": order["currency"],
        "description": str(order.get("description", "")), "status": UNTRIED, "session": session,
        "notificationUrl": order.get("notificationUrl", ""), "returnUrl": body["interaction"]["returnUrl"],
        "cancelUrl": body["interaction"].get("cancelUrl", ""), "indicator": secrets.token_hex(8),
        "until": time.time() + lasts, "transactions": [],
    }  # fmt: skip
    if not store.add(KIND, f"{merchant}/{order['id']}", kept):
        return None
    store.put(SESSIONS, session, {"key": f"{merchant}/{order['id']}"})
    return kept


def find(store: Store, merchant: str, order: str) -> Record | None:
    """A merchant's order for which a payment was tried."""
    found = store.get(KIND, f"{merchant}/{order}")
    return found if found and found["status"] != UNTRIED else None


def of_session(store: Store, session: str) -> Record | None:
    """The checkout of a page."""
    known = store.get(SESSIONS, session)
    return store.get(KIND, known["key"]) if known else None


def is_open(order: Record) -> bool:
    """Whether the page still takes a card: after a refused card the payer may try another."""
    return order["status"] in (UNTRIED, FAILED) and time.time() < order["until"]


def pay(store: Store, order: Record, *, code: str = "") -> Record:
    """Charge a card, or refuse it with the gateway's `code`; an order is paid once."""
    now = store.get(KIND, _key(order)) or order
    if now["status"] not in (UNTRIED, FAILED):
        return now
    number = sum(one["type"] == "PAYMENT" for one in now["transactions"]) + 1
    tried = {
        "id": str(number), "type": "PAYMENT", "amount": now["amount"], "at": time.time(),
        "result": "FAILURE" if code else "SUCCESS", "gatewayCode": code or "APPROVED",
        "receipt": f"{secrets.randbelow(10**12):012d}",
    }  # fmt: skip
    ended = {**now, "status": FAILED if code else CAPTURED, "transactions": [*now["transactions"], tried]}
    store.put(KIND, _key(order), ended)
    return ended


def refund(store: Store, order: Record, number: str, amount: Money) -> Record | None:
    """Refund under the merchant's number, which counts once; None if it is more than what is left."""
    known = next((one for one in order["transactions"] if one["id"] == number), None)
    if known is not None:
        same = known["type"] == "REFUND" and known["amount"] == str(amount)
        return known if same else None
    left = Money.parse(order["amount"], order["currency"]).minor - returned(order)
    if order["status"] not in (CAPTURED, "PARTIALLY_REFUNDED") or not 0 < amount.minor <= left:
        return None
    done = {
        "id": number, "type": "REFUND", "amount": str(amount), "at": time.time(), "result": "SUCCESS",
        "gatewayCode": "APPROVED", "receipt": f"{secrets.randbelow(10**12):012d}",
    }  # fmt: skip
    status = "REFUNDED" if amount.minor == left else "PARTIALLY_REFUNDED"
    store.put(KIND, _key(order), {**order, "status": status, "transactions": [*order["transactions"], done]})
    return done


def returned(order: Record) -> int:
    """How much of an order was given back, in minor units."""
    back = (one["amount"] for one in order["transactions"] if one["type"] == "REFUND")
    return sum(Money.parse(one, order["currency"]).minor for one in back)


def captured(order: Record) -> int:
    """How much of it was taken, in minor units."""
    taken = any(one["type"] == "PAYMENT" and one["result"] == "SUCCESS" for one in order["transactions"])
    return Money.parse(order["amount"], order["currency"]).minor if taken else 0


def _key(order: Record) -> str:
    return f"{order['merchant']}/{order['id']}"


@dataclass(frozen=True, kw_only=True)
class Merchant:
    """A merchant: its id, the password of its API, and the secret that its notices carry."""

    id: str
    password: str
    secret: str
    name: str


PASSWORD = "sandbox-password"  # noqa: S105 - opens nothing but the sandbox
MUNICIPALITIES = Merchant(
    id="MUNICIPALITIES",
    password=PASSWORD,
    secret="sandbox-notification-secret",  # noqa: S106 - as above
    name="شؤون البلديات · Municipalities",
)
ANOTHER_MERCHANT = Merchant(
    id="ANOTHER",
    password=PASSWORD,
    secret="another-notification-secret",  # noqa: S106 - as above
    name="متجر آخر · Another merchant",
)
MERCHANTS = {merchant.id: merchant for merchant in (MUNICIPALITIES, ANOTHER_MERCHANT)}


def merchant_of(header: str, named: str) -> Merchant | None:
    """The merchant of the address, when the Authorization header is its own ("merchant.<id>" and its password)."""
    merchant = MERCHANTS.get(named)
    scheme, _, coded = header.partition(" ")
    if merchant is None or scheme.lower() != "basic":
        return None
    try:
        given = base64.b64decode(coded, validate=True)
    except binascii.Error:
        return None
    return (
        merchant
        if hmac.compare_digest(given, f"merchant.{merchant.id}:{merchant.password}".encode())
        else None
    )
