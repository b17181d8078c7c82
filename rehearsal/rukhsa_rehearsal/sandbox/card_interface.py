"""The card gateway's interface for merchants: open a checkout, retrieve an order, refund, and list its own books."""

from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from rukhsa.values.money import Money, MoneyError
from rukhsa_rehearsal.sandbox import card_books
from rukhsa_rehearsal.sandbox.card_books import Merchant, merchant_of
from rukhsa_rehearsal.sandbox.store import Record, Store


class RefusedError(Exception):
    """The gateway refuses, with an explanation."""

    def __init__(self, explanation: str, *, status: int = 400) -> None:
        super().__init__(explanation)
        self.explanation, self.status = explanation, status


async def session(request: Request) -> Response:
    """POST …/merchant/{merchant}/session: INITIATE_CHECKOUT."""
    try:
        merchant, body = await _read(request, "INITIATE_CHECKOUT")
        lasts = _check_checkout(body)
        opened = card_books.open_checkout(_store(request), merchant.id, body, lasts)
        if opened is None:
            # Assumed: an id belongs to one checkout; of the real gateway only the refusal of a second payment is known.
            raise RefusedError("Order already exists")
    except RefusedError as refusal:
        return _refusal(refusal)
    told = {
        "merchant": merchant.id, "result": "SUCCESS", "checkoutMode": "WEBSITE",
        "successIndicator": opened["indicator"],
        "session": {"id": opened["session"], "updateStatus": "SUCCESS", "version": opened["indicator"]},
    }  # fmt: skip
    return JSONResponse(told, status_code=201)


async def order(request: Request) -> Response:
    """GET …/merchant/{merchant}/order/{order}: RETRIEVE_ORDER."""
    try:
        merchant = _merchant(request)
        found = _order(request, merchant)
    except RefusedError as refusal:
        return _refusal(refusal)
    told = order_fields(found) | {"merchant": merchant.id, "result": "SUCCESS"}
    return JSONResponse(told | {"transaction": [transaction_fields(one) for one in found["transactions"]]})


async def transaction(request: Request) -> Response:
    """PUT …/merchant/{merchant}/order/{order}/transaction/{transaction}: REFUND."""
    try:
        merchant, body = await _read(request, "REFUND")
        given = body.get("transaction")
        amount = _amount(given if isinstance(given, dict) else {})
        done = card_books.refund(
            _store(request), _order(request, merchant), request.path_params["transaction"], amount
        )
        if done is None:
            raise RefusedError("Nothing to refund, or more than was captured")
    except RefusedError as refusal:
        return _refusal(refusal)
    told = {"merchant": merchant.id, "result": "SUCCESS", "transaction": transaction_fields(done)}
    return JSONResponse(told | {"order": order_fields(_order(request, merchant))}, status_code=201)


async def statement(request: Request) -> Response:
    """GET /cards/ledger.json: the gateway's own account of every order for which a payment was tried."""
    orders = [one for one in _store(request).all(card_books.KIND) if one["status"] != card_books.UNTRIED]
    shown = ("id", "merchant", "amount", "currency", "status", "transactions")
    return JSONResponse([{name: one[name] for name in shown} for one in orders])


def order_fields(found: Record) -> dict[str, Any]:
    """What the gateway tells the merchant about an order; its amounts are numbers, so that 25.500 reads 25.5."""
    exponent = Decimal(1000)
    return {
        "id": found["id"], "amount": float(found["amount"]), "currency": found["currency"], "status": found["status"],
        "totalCapturedAmount": float(card_books.captured(found) / exponent),
        "totalRefundedAmount": float(card_books.returned(found) / exponent),
        "sourceOfFunds": {"type": "CARD", "provided": {"card": {"number": "512345xxxxxx0008"}}},
    }  # fmt: skip


def transaction_fields(one: Record) -> dict[str, Any]:
    """The same about one transaction of it."""
    return {
        "id": one["id"], "type": one["type"], "amount": float(one["amount"]), "receipt": one["receipt"],
        "result": one["result"], "gatewayCode": one["gatewayCode"],
    }  # fmt: skip


async def _read(request: Request, operation: str) -> tuple[Merchant, dict[str, Any]]:
    merchant = _merchant(request)
    try:
        body = await request.json()
    except ValueError as error:
        raise RefusedError("Malformed JSON") from error
    if not isinstance(body, dict) or body.get("apiOperation") != operation:
        raise RefusedError(f"Expected apiOperation {operation}")
    return merchant, body


def _merchant(request: Request) -> Merchant:
    merchant = merchant_of(request.headers.get("authorization", ""), request.path_params["merchant"])
    if merchant is None:
        raise RefusedError("Invalid credentials", status=401)
    return merchant


def _order(request: Request, merchant: Merchant) -> Record:
    found = card_books.find(_store(request), merchant.id, request.path_params["order"])
    if found is None:
        raise RefusedError("Unable to find order")
    return found


def _check_checkout(body: dict[str, Any]) -> float:
    asked, order = body.get("interaction"), body.get("order")
    if not isinstance(asked, dict) or not isinstance(order, dict) or not order.get("id"):
        raise RefusedError("Missing interaction or order.id")
    if asked.get("operation") != "PURCHASE" or not asked.get("returnUrl"):
        raise RefusedError("Value of interaction.operation or returnUrl")
    if not isinstance(order.get("amount"), str) or _amount(order).minor <= 0:
        raise RefusedError("Value of order.amount")
    return float(asked.get("timeout", 1800))


def _amount(fields: dict[str, Any]) -> Money:
    if fields.get("currency") != "BHD":
        raise RefusedError("Value of currency")
    try:
        return Money.parse(str(fields.get("amount", "")), "BHD")
    except MoneyError as error:
        raise RefusedError("Value of amount") from error


def _refusal(refusal: RefusedError) -> Response:
    error = {"cause": "INVALID_REQUEST", "explanation": refusal.explanation}
    return JSONResponse({"result": "ERROR", "error": error}, status_code=refusal.status)


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store
