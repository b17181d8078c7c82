"""The sandbox as one application: its routes, and the tasks that run beside them."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from rukhsa_rehearsal.sandbox import card_interface as cards
from rukhsa_rehearsal.sandbox import card_pages as checkout
from rukhsa_rehearsal.sandbox import (
    collector,
    fault_modes,
    identity_provider,
    log_witness,
    messages,
    push_service,
    relying_agency,
    sadad_invoices,
    statements,
    tsa,
)
from rukhsa_rehearsal.sandbox import national_interface as api
from rukhsa_rehearsal.sandbox import national_pages as hosted
from rukhsa_rehearsal.sandbox.card_pages import send_what_is_due as send_cards_due
from rukhsa_rehearsal.sandbox.fault_modes import FaultyEdge
from rukhsa_rehearsal.sandbox.national_pages import send_what_is_due
from rukhsa_rehearsal.sandbox.rendering import page
from rukhsa_rehearsal.sandbox.store import Store

PEOPLE = Path(__file__).parent / "people.json"
CARDS_API = "/cards/api/rest/version/{version:int}/merchant/{merchant}"
SADAD_API = "/sadad/api/v2/web-ven-sdd/epayment"


def build_app(
    data: Path, *, people: Path = PEOPLE, smtp_port: int | None = None, logs: Path | None = None
) -> Starlette:
    """The application, with its records in the folder `data`; with `smtp_port` it also receives mail.

    `logs` is a folder of public files: its witness cosigns the logs that the trust list there names.
    """
    store = Store(data)
    app = Starlette(
        routes=ROUTES, middleware=[Middleware(FaultyEdge, store=store)], lifespan=_beside(store, smtp_port)
    )
    app.state.store = store
    app.state.smtp_port = smtp_port
    app.state.logs = logs
    app.state.people = json.loads(people.read_text(encoding="utf-8"))
    app.state.key = identity_provider.signing_key(data)
    app.state.stamper = tsa.stamper(data)
    return app


async def start(request: Request) -> Response:
    """GET /: the list of what the sandbox offers."""
    return page(request, "start", smtp_port=request.app.state.smtp_port, operations=fault_modes.NAMES)


async def health(request: Request) -> Response:
    """GET /health: 200 once the sandbox serves."""
    return PlainTextResponse("ok")


def _beside(store: Store, smtp_port: int | None):  # type: ignore[no-untyped-def]  # Starlette's lifespan type is private
    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        mail = None
        if smtp_port is not None:
            mail = await loop.create_server(messages.Postbox(store).protocol, "127.0.0.1", smtp_port)
        outbox = asyncio.create_task(_empty_outbox(store))
        yield
        outbox.cancel()
        if mail is not None:
            mail.close()
        store.close()

    return lifespan


async def _empty_outbox(store: Store) -> None:
    while True:
        await send_what_is_due(store)
        await send_cards_due(store)
        await asyncio.sleep(0.2)


ROUTES = [
    Route("/", start),
    Route("/health", health),
    Route("/control", fault_modes.control, methods=["POST"]),
    Route("/national/payment/API/hosted.htm", api.hosted, methods=["POST"]),
    Route("/national/payment/API/tranportal.htm", api.tranportal, methods=["POST"]),
    Route("/national/payment/hosted.htm", hosted.show),
    Route("/national/payment/hosted.htm", hosted.choose, methods=["POST"]),
    Route("/national/ledger.json", api.statement),
    Route("/national/statement.csv", statements.of_national),
    Route(f"{SADAD_API}/create/", sadad_invoices.create, methods=["POST"]),
    Route(f"{SADAD_API}/status/", sadad_invoices.status, methods=["POST"]),
    Route("/sadad/pay/{reference}", sadad_invoices.show),
    Route("/sadad/pay/{reference}", sadad_invoices.choose, methods=["POST"]),
    Route("/sadad/kiosk/{reference}/pay", sadad_invoices.kiosk, methods=["POST"]),
    Route("/sadad/expire/{reference}", sadad_invoices.expire, methods=["POST"]),
    Route("/sadad/ledger.json", sadad_invoices.statement),
    Route("/sadad/statement.csv", statements.of_sadad),
    Route(f"{CARDS_API}/session", cards.session, methods=["POST"]),
    Route(f"{CARDS_API}/order/{{order}}", cards.order),
    Route(f"{CARDS_API}/order/{{order}}/transaction/{{transaction}}", cards.transaction, methods=["PUT"]),
    Route("/cards/checkout/pay/{session}", checkout.show),
    Route("/cards/checkout/pay/{session}", checkout.choose, methods=["POST"]),
    Route("/cards/ledger.json", cards.statement),
    Route("/cards/statement.csv", statements.of_cards),
    Route("/ekey/.well-known/openid-configuration", identity_provider.discovery),
    Route("/ekey/jwks.json", identity_provider.jwks),
    Route("/ekey/authorize", identity_provider.authorize),
    Route("/ekey/authorize", identity_provider.sign_in, methods=["POST"]),
    Route("/ekey/token", identity_provider.token, methods=["POST"]),
    Route("/ekey/userinfo", identity_provider.userinfo),
    Route("/ekey/logout", identity_provider.sign_out),
    Route("/sms/messages", messages.send_sms, methods=["POST"]),
    Route("/push/{device}", push_service.take, methods=["POST"]),
    Route("/push/{device}", push_service.show),
    Route("/agency/{name}/changes", relying_agency.take, methods=["POST"]),
    Route("/agency/{name}/changes", relying_agency.show),
    Route("/agency/{name}/secret", relying_agency.give_secret, methods=["PUT"]),
    Route("/witness/add-checkpoint", log_witness.add_checkpoint, methods=["POST"]),
    Route("/witness/{origin}/checkpoint", log_witness.show_checkpoint),
    Route("/tsa", tsa.stamp, methods=["POST"]),
    Route("/v1/traces", collector.take, methods=["POST"]),
    Route("/v1/traces.json", collector.show),
    Route("/mailbox", messages.show_box),
    Route("/mailbox.json", messages.box_as_json),
]
