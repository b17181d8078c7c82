"""What the national gateway knows: its terminals, payments, what became of them, and refunds."""

import secrets
import time
from dataclasses import dataclass
from typing import Any

from rukhsa.values.money import Money
from rukhsa_rehearsal.sandbox.store import Record, Store

KIND = "national-payment"
OPEN = "INITIATED"
# The hosted page waits for the payer this long (seconds).
PAGE_LASTS = 15 * 60
OUTCOMES = ("CAPTURED", "NOT CAPTURED", "CANCELED", "DENIED BY RISK", "HOST TIMEOUT")
RESPONSE_CODES = {
    "00": "موافقة · Approved",
    "05": "راجع البنك · Please contact the issuer",
    "14": "رقم البطاقة غير صحيح · Invalid card number",
    "33": "بطاقة منتهية · Expired card",
    "36": "بطاقة مقيدة · Restricted card",
    "38": "تجاوز محاولات الرقم السري · PIN tries exceeded",
    "51": "الرصيد غير كافٍ · Insufficient funds",
    "54": "بطاقة منتهية · Expired card",
    "55": "رقم سري خطأ · Incorrect PIN",
    "61": "تجاوز حد المبلغ · Exceeds amount limit",
    "62": "بطاقة مقيدة · Restricted card",
    "65": "تجاوز عدد العمليات · Exceeds frequency limit",
    "75": "تجاوز محاولات الرقم السري · PIN tries exceeded",
    "91": "البنك غير متاح · Issuer unavailable",
}


def open_payment(store: Store, terminal: str, fields: dict[str, Any]) -> Record | None:
    """Open a payment; None when this terminal has used the track id before."""
    number = f"{100_000_000_000 + secrets.randbelow(800_000_000_000)}"
    payment = {
        **fields,
        "paymentId": number,
        "terminal": terminal,
        "result": OPEN,
        "refunds": [],
        "until": time.time() + PAGE_LASTS,
    }
    if not store.add("national-track", f"{terminal}/{fields['trackId']}", {"paymentId": number}):
        return None
    store.put(KIND, number, payment)
    return payment


def end(store: Store, payment: Record, result: str, code: str = "") -> Record:
    """Record the result of a payment; one that has ended stays as it is."""
    if payment["result"] != OPEN:
        return payment
    captured = result == "CAPTURED"
    ended = {
        **payment,
        "result": result,
        "authRespCode": "00" if captured else code,
        "transId": f"{secrets.randbelow(10**15):015d}",
        "ref": f"{secrets.randbelow(10**12):012d}",
        "authCode": f"{secrets.randbelow(10**6):06d}" if captured else "",
        "ended": time.time(),
    }
    store.put(KIND, payment["paymentId"], ended)
    return ended


def expire(store: Store, payment: Record) -> Record:
    """The payment, ended as CANCELED if its page has waited too long."""
    overdue = payment["result"] == OPEN and time.time() > payment["until"]
    return end(store, payment, "CANCELED") if overdue else payment


def void(store: Store, payment: Record) -> Record:
    """Void a captured payment, as the gateway does if the merchant's answer is late or wrong."""
    voided = {**payment, "result": "VOIDED" if payment["result"] == "CAPTURED" else payment["result"]}
    store.put(KIND, payment["paymentId"], voided)
    return voided


def find(store: Store, terminal: str, *, by: str, value: str) -> Record | None:
    """A terminal's payment by "TrackID", "PaymentID" or "TransID"."""
    field = {"trackid": "trackId", "paymentid": "paymentId", "transid": "transId"}.get(by.lower(), "trackId")
    payments = (entry for entry in store.all(KIND) if entry["terminal"] == terminal)
    return next((entry for entry in payments if entry.get(field) == value), None)


def refund(store: Store, payment: Record, amount: Money) -> Record | None:
    """Refund a part or all of a captured payment; None if it is more than what is left."""
    returned = sum(Money.parse(one["amt"], "BHD").minor for one in payment["refunds"])
    if payment["result"] != "CAPTURED" or returned + amount.minor > Money.parse(payment["amt"], "BHD").minor:
        return None
    one = {"amt": str(amount), "transId": f"{secrets.randbelow(10**15):015d}", "at": time.time()}
    store.put(KIND, payment["paymentId"], {**payment, "refunds": [*payment["refunds"], one]})
    return one


def lines(store: Store) -> list[Record]:
    """The gateway's statement: one line for each payment, without internal fields."""
    shown = (
        "paymentId",
        "trackId",
        "terminal",
        "amt",
        "currencycode",
        "result",
        "authRespCode",
        "transId",
        "ref",
        "ended",
    )
    return [
        {name: entry.get(name, "") for name in shown} | {"refunds": entry["refunds"]}
        for entry in store.all(KIND)
    ]


@dataclass(frozen=True, kw_only=True)
class Terminal:
    """A merchant's terminal: its tranportal id, password and resource key (32 characters)."""

    id: str
    password: str
    key: str
    name: str


PASSWORD = "sandbox-password"  # noqa: S105 - opens nothing but the sandbox
MUNICIPALITIES = Terminal(
    id="10000001",
    password=PASSWORD,
    key="0123456789ABCDEF0123456789ABCDEF",
    name="شؤون البلديات · Municipalities",
)
ANOTHER_MERCHANT = Terminal(
    id="10009999",
    password=PASSWORD,
    key="FEDCBA9876543210FEDCBA9876543210",
    name="متجر آخر · Another merchant",
)
TERMINALS = {terminal.id: terminal for terminal in (MUNICIPALITIES, ANOTHER_MERCHANT)}
