"""The page on which the payer pays, or does not."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rukhsa_rehearsal.sandbox import faults
from rukhsa_rehearsal.sandbox.faults import NOTIFICATION, ON_NOTIFICATIONS, Fault
from rukhsa_rehearsal.sandbox.national import envelope, ledger
from rukhsa_rehearsal.sandbox.national.api import result_fields
from rukhsa_rehearsal.sandbox.national.notify import notify
from rukhsa_rehearsal.sandbox.national.terminals import TERMINALS
from rukhsa_rehearsal.sandbox.pages import page
from rukhsa_rehearsal.sandbox.store import Record, Store

LATE_ANSWER = "IPAY0400001"


async def show(request: Request) -> Response:
    """GET: what is to be paid and the choice of what happens."""
    payment = _payment(request)
    if payment is None:
        return page(request, "unknown", status=404)
    return page(
        request, "national_pay", payment=payment, merchant=TERMINALS[payment["terminal"]].name,
        codes={code: text for code, text in ledger.RESPONSE_CODES.items() if code != "00"},
        faults=ON_NOTIFICATIONS, open=payment["result"] == ledger.OPEN,
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
    if outcome not in ledger.OUTCOMES or payment["result"] != ledger.OPEN:
        return page(request, "national_closed", payment=payment, status=409)
    store: Store = request.app.state.store
    ended = ledger.end(store, payment, outcome, str(form.get("code", "05")))
    return await _tell_and_leave(
        request, store, ended, faults.of_form(dict(form)) or faults.take_fault(store, NOTIFICATION)
    )


async def _tell_and_leave(request: Request, store: Store, payment: Record, fault: Fault | None) -> Response:
    target = await notify(store, payment, fault)
    if target == "":
        return page(request, "national_closed", payment=payment)
    if target is None:
        ledger.void(store, payment)
        failure = {
            "paymentid": payment["paymentId"], "Trackid": payment["trackId"], "amt": payment["amt"],
            "ErrorText": "!ERROR!-IPAY0400001-Merchant did not answer", "Error": LATE_ANSWER,
        }  # fmt: skip
        return RedirectResponse(f"{payment['errorURL']}?{urlencode(failure)}", status_code=303)
    same = envelope.close(result_fields(payment), TERMINALS[payment["terminal"]].key)
    query = urlencode({"paymentid": payment["paymentId"], "trandata": same})
    return RedirectResponse(f"{target}{'&' if '?' in target else '?'}{query}", status_code=303)


def _payment(request: Request) -> Record | None:
    store: Store = request.app.state.store
    found = store.get(ledger.KIND, request.query_params.get("PaymentID", ""))
    return ledger.expire(store, found) if found else None
