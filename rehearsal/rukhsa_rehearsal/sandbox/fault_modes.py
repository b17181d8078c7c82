"""The faults of the outside parties: what a test can ask for, and what each does to a request."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rukhsa_rehearsal.sandbox.store import Store

HEADER = "sandbox-fault"

# Where a fault may be set: the operation of each address that another system calls.
OPERATIONS = {
    "/national/payment/API/hosted.htm": "national.start",
    "/national/payment/API/tranportal.htm": "national.inquiry",
    "/sadad/api/v2/web-ven-sdd/epayment/create/": "sadad.start",
    "/sadad/api/v2/web-ven-sdd/epayment/status/": "sadad.inquiry",
    "/sms/messages": "sms",
    "/tsa": "tsa",
    "/ekey/token": "ekey",
    "/witness/add-checkpoint": "witness",
}
# Addresses that carry a merchant and an order.
_CARDS = r"/cards/api/rest/version/[0-9]+/merchant/[^/]+"
PATTERNS = (
    (re.compile(rf"POST {_CARDS}/session"), "cards.start"),
    (re.compile(rf"GET {_CARDS}/order/[^/]+"), "cards.inquiry"),
    (re.compile(r"POST /push/[^/]+"), "push"),
    (re.compile(r"POST /agency/[^/]+/changes"), "agency"),
    (re.compile(rf"PUT {_CARDS}/order/[^/]+/transaction/[^/]+"), "cards.refund"),
)
# Faults of a gateway's notifications; its pages module says what each sends.
NOTIFICATION = "national.notification"
CARDS_NOTIFICATION = "cards.notification"
NOTIFICATIONS = (NOTIFICATION, CARDS_NOTIFICATION)
ON_REQUESTS = ("slow", "hang", "cut", "cut-before", "truncated", "html", "error", "busy", "redirect")
SWITCHES = (
    "guide-form", "no-inquiry", "unclear", "down", "duplicate",
    "refuses", "wrong-signature", "forgets",  # a witness
    "gone",  # a push service
)  # fmt: skip
# Faults of the time stamping authority; tsa.py says what each answers.
TIME_STAMPING = "tsa"
ON_STAMPS = (
    "reject", "other-imprint", "other-nonce", "no-nonce", "other-policy", "bad-signature", "expired", "stranger",
)  # fmt: skip
# Faults of eKey's identity token; ekey.py says what each answers.
TOKENS = "ekey"
ON_TOKENS = (
    "other-key", "no-signature", "secret-key", "other-issuer", "other-audience", "two-audiences", "over", "future",
    "other-nonce", "no-nonce", "other-level", "no-level", "other-subject", "no-token", "broken-text",
    "signed-in-long-ago", "no-auth-time",
)  # fmt: skip
# These sign in as usual; they are refused where eKey was told to ask the person again.
WITHOUT_PROOF = ("signed-in-long-ago", "no-auth-time")
ON_NOTIFICATIONS = (
    "duplicate", "parallel", "out-of-order", "late", "lost", "other-merchant", "other-amount",
    "other-currency", "other-reference", "forged",
)  # fmt: skip


NAMES = (*OPERATIONS.values(), *(name for _, name in PATTERNS), *NOTIFICATIONS)


class UnknownFaultError(ValueError):
    """A fault or an operation that does not exist."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault: its mode, how long (seconds), how often it sends (`copies`), and for how many requests
    (`times`; None until cleared)."""

    mode: str
    seconds: float = 3.0
    copies: int = 3
    times: int | None = None


def set_fault(store: Store, operation: str, fault: Fault | None) -> None:
    """Set the fault of an operation, or clear it with None."""
    if operation not in NAMES:
        raise UnknownFaultError(f"no operation {operation!r}")
    if fault is None:
        return store.remove("fault", operation)
    known: tuple[str, ...] = ON_NOTIFICATIONS if operation in NOTIFICATIONS else ON_REQUESTS + SWITCHES
    known += ON_STAMPS if operation == TIME_STAMPING else ()
    known += ON_TOKENS if operation == TOKENS else ()
    if fault.mode not in known:
        raise UnknownFaultError(f"no fault {fault.mode!r} for {operation}; there are {', '.join(known)}")
    store.put("fault", operation, asdict(fault))


def take_fault(store: Store, operation: str) -> Fault | None:
    """The fault of an operation, counted as used once."""
    record = store.get("fault", operation)
    if record is None:
        return None
    fault = Fault(**record)
    if fault.times is not None:
        left = fault.times - 1
        set_fault(store, operation, Fault(**{**record, "times": left}) if left > 0 else None)
    return fault


def clear_faults(store: Store) -> None:
    """Let everything work again."""
    for operation in NAMES:
        set_fault(store, operation, None)


def of_form(form: Mapping[str, object]) -> Fault | None:
    """The fault of a notification that was chosen on a payment page."""
    if not form.get("fault"):
        return None
    return Fault(
        mode=str(form["fault"]),
        seconds=float(str(form.get("seconds") or 3)),
        copies=int(str(form.get("copies") or 3)),
    )


async def control(request: Request) -> Response:
    """POST /control: {"operation": …, "mode": …, "seconds": …, "copies": …, "times": …}; mode null clears."""
    store: Store = request.app.state.store
    body: dict[str, Any] = await request.json() if await request.body() else {}
    try:
        if not body:
            clear_faults(store)
        else:
            operation, mode = body.pop("operation"), body.get("mode")
            set_fault(store, operation, Fault(**body) if mode else None)
    except (UnknownFaultError, TypeError, KeyError) as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    return JSONResponse({name: store.get("fault", name) for name in NAMES})


class FaultyEdge:
    """Middleware that spoils a request or its answer as the fault of the operation says."""

    def __init__(self, app: ASGIApp, store: Store) -> None:
        self.app = app
        self.store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation = _operation_of(scope) if scope["type"] == "http" else None
        fault = (_of_header(scope) or take_fault(self.store, operation)) if operation else None
        scope.setdefault("state", {})["fault"] = fault
        if fault is None or fault.mode in SWITCHES + ON_STAMPS + ON_TOKENS:
            return await self.app(scope, receive, send)
        await self._spoil(fault, scope, receive, send)

    async def _spoil(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.mode in ("slow", "hang"):
            await asyncio.sleep(fault.seconds if fault.mode == "slow" else 3600)
            return await self.app(scope, receive, send)
        if fault.mode in ("cut", "truncated"):
            return await self.app(scope, receive, _Cutter(send, keep_status=fault.mode == "truncated"))
        if fault.mode == "cut-before":
            return await _cut(send)
        await _INSTEAD[fault.mode]()(scope, receive, send)


class _Cutter:
    """Passes on nothing, or half, of a real answer: the work is done, and the caller does not learn it."""

    def __init__(self, send: Send, *, keep_status: bool) -> None:
        self.send = send
        self.keep_status = keep_status

    async def __call__(self, message: Message) -> None:
        if not self.keep_status:
            return await _cut(self.send) if message["type"] == "http.response.body" else None
        if message["type"] == "http.response.start":
            headers = [(name, value) for name, value in message["headers"] if name != b"content-length"]
            return await self.send({**message, "headers": headers})
        body = message.get("body", b"")
        await self.send({"type": "http.response.body", "body": body[: len(body) // 2]})


async def _cut(send: Send) -> None:
    # The announced length never arrives, as when a connection breaks.
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4096")]})
    await send({"type": "http.response.body", "body": b"[", "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _operation_of(scope: Scope) -> str | None:
    asked = f"{scope['method']} {scope['path']}"
    named = OPERATIONS.get(scope["path"])
    return named or next((name for pattern, name in PATTERNS if pattern.fullmatch(asked)), None)


def _of_header(scope: Scope) -> Fault | None:
    for name, value in scope["headers"]:
        if name.decode() == HEADER:
            mode, _, seconds = value.decode().partition(";")
            return Fault(mode=mode, seconds=float(seconds or 3))
    return None


_INSTEAD: dict[str, Callable[[], Response]] = {
    "html": lambda: HTMLResponse("<html><body><h1>Scheduled maintenance</h1></body></html>"),
    "error": lambda: HTMLResponse("<h1>Server Error</h1>", status_code=500),
    "busy": lambda: JSONResponse({"error": "too many requests"}, status_code=429),
    "redirect": lambda: RedirectResponse("http://127.0.0.1:9/elsewhere"),
}
