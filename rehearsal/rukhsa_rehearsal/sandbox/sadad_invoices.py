"""A stand-in for SADAD Bahrain: creates invoices, takes their payment on a page or at a kiosk, answers inquiries."""

import secrets
import time
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from rukhsa.values.money import Money, MoneyError
from rukhsa_rehearsal.sandbox.rendering import page
from rukhsa_rehearsal.sandbox.store import Record, Store

KIND = "sadad-invoice"
CREDENTIALS = {"api-key": "sandbox-api-key", "vendor-id": "1", "branch-id": "1", "terminal-id": "1"}
NOTIFICATION_MODES = (100, 200, 300)
# An unpaid invoice is open this long (seconds; assumed).
INVOICE_LASTS = 72 * 3600
REQUIRED = (
    "customer-name", "amount", "date", "notification-mode", "external-reference", "description",
    "msisdn",
    "email", "success-url", "error-url",
)  # fmt: skip


async def create(request: Request) -> Response:
    """POST …/epayment/create/: a new invoice and the address of its page."""
    body = await _body(request)
    problem = _problem(body)
    if problem:
        return _refusal(*problem)
    reference = f"SDD{secrets.randbelow(10**12):012d}"
    kept = {name: body[name] for name in (*REQUIRED, "vendor-id")}
    invoice = {
        **kept,
        "transaction-reference": reference,
        "status": "PENDING",
        "until": time.time() + INVOICE_LASTS,
    }
    _store(request).put(KIND, reference, invoice)
    address = f"{request.base_url}sadad/pay/{reference}"
    return JSONResponse(
        {"payment-url": address, "transaction-reference": reference, "error-code": 0, "error-message": ""}
    )


async def status(request: Request) -> Response:
    """POST …/epayment/status/: the state of an invoice. The names of the answer's fields are assumed."""
    body = await _body(request)
    if not _known(body):
        return _refusal(1, "Wrong credentials")
    invoice = _find(_store(request), body)
    if invoice is None:
        return _refusal(6, "No such transaction")
    shown = ("transaction-reference", "external-reference", "vendor-id", "amount", "status")
    return JSONResponse(
        {name: invoice[name] for name in shown} | {"currency": "BHD", "error-code": 0, "error-message": ""}
    )


async def show(request: Request) -> Response:
    """GET /sadad/pay/{reference}: the invoice."""
    invoice = _invoice(request)
    if invoice is None:
        return page(request, "unknown", status=404)
    return page(request, "sadad_pay", invoice=invoice)


async def choose(request: Request) -> Response:
    """POST /sadad/pay/{reference}: `outcome` is pay, later or cancel."""
    invoice = _invoice(request)
    if invoice is None:
        return page(request, "unknown", status=404)
    outcome = str((await request.form()).get("outcome", ""))
    if outcome == "later" or invoice["status"] != "PENDING":
        return page(request, "sadad_pay", invoice=invoice, later=outcome == "later")
    paid = outcome == "pay"
    _end(_store(request), invoice, "PAID" if paid else "CANCELLED")
    query = urlencode({
        "TransactionIdentifier": invoice["transaction-reference"],
        "ResultCode": 0 if paid else 1, "ResultMessage": "CAPTURED" if paid else "CANCELLED",
    })  # fmt: skip
    return RedirectResponse(f"{invoice['success-url' if paid else 'error-url']}?{query}", status_code=303)


async def kiosk(request: Request) -> Response:
    """POST /sadad/kiosk/{reference}/pay: paid in cash at a machine, without a sign-in.

    A kiosk also takes an expired invoice if the form says `late`, since that happens."""
    invoice = _invoice(request)
    if invoice is None:
        return JSONResponse({"error": "no such invoice"}, status_code=404)
    late = (await request.form()).get("late") and invoice["status"] in ("EXPIRED", "CANCELLED")
    if invoice["status"] != "PENDING" and not late:
        return JSONResponse({"error": f"the invoice is {invoice['status']}"}, status_code=409)
    _end(_store(request), invoice, "PAID")
    return JSONResponse({"transaction-reference": invoice["transaction-reference"], "status": "PAID"})


async def expire(request: Request) -> Response:
    """POST /sadad/expire/{reference}: let the invoice run out now."""
    invoice = _invoice(request)
    if invoice is None or invoice["status"] != "PENDING":
        return JSONResponse({"error": "no open invoice"}, status_code=409)
    _end(_store(request), invoice, "EXPIRED")
    return JSONResponse({"status": "EXPIRED"})


async def statement(request: Request) -> Response:
    """GET /sadad/ledger.json: SADAD's own account of every invoice."""
    shown = ("transaction-reference", "external-reference", "vendor-id", "amount", "status", "ended")
    return JSONResponse([{name: one.get(name, "") for name in shown} for one in _store(request).all(KIND)])


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _known(body: dict[str, Any]) -> bool:
    return all(str(body.get(name)) == value for name, value in CREDENTIALS.items())


def _problem(body: dict[str, Any]) -> tuple[int, str] | None:
    if not _known(body):
        return 1, "Wrong credentials"
    missing = [name for name in REQUIRED if name not in body]
    if missing:
        return 2, f"Missing {', '.join(missing)}"
    if body["notification-mode"] not in NOTIFICATION_MODES:
        return 3, "Wrong notification-mode"
    try:
        datetime.strptime(body["date"], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - the wire carries local time without zone
        if Money.parse(body["amount"], "BHD").minor <= 0:
            return 5, "Wrong amount"
    except (ValueError, MoneyError, TypeError, AttributeError):
        return 4, "Wrong date or amount"
    return None


def _find(store: Store, body: dict[str, Any]) -> Record | None:
    # Assumed: an invoice whose creation was not answered can be asked for by the merchant's own reference.
    for name in ("transaction-reference", "external-reference"):
        if body.get(name):
            matches = [one for one in store.all(KIND) if one[name] == body[name]]
            return _fresh(store, matches[-1]) if matches else None
    return None


def _invoice(request: Request) -> Record | None:
    found = _store(request).get(KIND, request.path_params["reference"])
    return _fresh(_store(request), found) if found else None


def _fresh(store: Store, invoice: Record) -> Record:
    overdue = invoice["status"] == "PENDING" and time.time() > invoice["until"]
    return _end(store, invoice, "EXPIRED") if overdue else invoice


def _end(store: Store, invoice: Record, end: str) -> Record:
    ended = {**invoice, "status": end, "ended": time.time()}
    store.put(KIND, invoice["transaction-reference"], ended)
    return ended


def _refusal(code: int, text: str) -> Response:
    return JSONResponse({"error-code": code, "error-message": text})


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store
