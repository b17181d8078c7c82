"""The page on which the payer gives a card, or does not."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rukhsa_rehearsal.sandbox import faults
from rukhsa_rehearsal.sandbox.cards import ledger
from rukhsa_rehearsal.sandbox.cards.merchants import MERCHANTS
from rukhsa_rehearsal.sandbox.cards.notify import notify
from rukhsa_rehearsal.sandbox.faults import CARDS_NOTIFICATION, ON_NOTIFICATIONS
from rukhsa_rehearsal.sandbox.pages import page
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
        case "CAPTURED" | "DECLINED" as outcome if ledger.is_open(order):
            return await _try_card(request, order, outcome, form)
        case _:
            return _page(request, order, status=409)


async def _try_card(request: Request, order: Record, outcome: str, form: Mapping[str, object]) -> Response:
    store: Store = request.app.state.store
    code = "" if outcome == "CAPTURED" else str(form.get("code") or "DECLINED")
    tried = ledger.pay(store, order, code=code)
    fault = faults.of_form(form) or faults.take_fault(store, CARDS_NOTIFICATION)
    await notify(store, tried, fault)
    if code or (fault and fault.mode in ("late", "lost")):
        return _page(request, tried, left=not code)
    query = urlencode({"resultIndicator": tried["indicator"], "sessionVersion": tried["indicator"]})
    joint = "&" if "?" in tried["returnUrl"] else "?"
    return RedirectResponse(f"{tried['returnUrl']}{joint}{query}", status_code=303)


def _page(request: Request, order: Record, *, left: bool = False, status: int = 200) -> Response:
    return page(
        request, "cards_pay", order=order, merchant=MERCHANTS[order["merchant"]].name, codes=ledger.GATEWAY_CODES,
        faults=ON_NOTIFICATIONS, open=ledger.is_open(order), left=left, status=status,
    )  # fmt: skip


def _order(request: Request) -> Record | None:
    return ledger.of_session(request.app.state.store, request.path_params["session"])
