"""The messages that people receive: SMS over HTTP, mail over SMTP, and a page that shows both."""

import secrets
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from rukhsa_rehearsal.sandbox.fault_modes import Fault
from rukhsa_rehearsal.sandbox.rendering import page
from rukhsa_rehearsal.sandbox.store import Record, Store

KIND = "message"


async def send_sms(request: Request) -> Response:
    """POST /sms/messages {to, text, id}: accepted once for each id; another text under it is refused."""
    store: Store = request.app.state.store
    fault: Fault | None = request.state.fault
    if fault and fault.mode == "down":
        return JSONResponse({"error": "unavailable"}, status_code=503)
    body = await _json(request)
    if not all(isinstance(body.get(name), str) and body[name] for name in ("to", "text", "id")):
        return JSONResponse({"error": "to, text and id are needed"}, status_code=400)
    message = {"channel": "sms", "to": body["to"], "text": body["text"], "id": body["id"], "subject": ""}
    if not store.add(KIND, f"sms-{body['id']}", message):
        return _seen(store, message)
    if fault and fault.mode == "duplicate":
        store.add(KIND, f"sms-{body['id']}-again", message)
    return JSONResponse({"id": body["id"], "status": "accepted"}, status_code=202)


async def show_box(request: Request) -> Response:
    """GET /mailbox: every SMS and mail, newest first."""
    return page(request, "mailbox", messages=_received(request), to=request.query_params.get("to", ""))


async def box_as_json(request: Request) -> Response:
    """GET /mailbox.json?to=: the same for programs."""
    return JSONResponse(_received(request))


class Postbox:
    """Takes every mail that arrives over SMTP."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def protocol(self) -> SMTP:
        """One SMTP connection."""
        return SMTP(self, enable_SMTPUTF8=True, hostname="sandbox.mun.example")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = (
            envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        )
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        for receiver in envelope.rcpt_tos:
            self.store.add(KIND, f"mail-{secrets.token_hex(8)}", _read_mail(mail, receiver))
        return "250 OK"


def _read_mail(mail: EmailMessage, receiver: str) -> Record:
    body = mail.get_body(preferencelist=("plain", "html"))
    return {
        "channel": "mail", "to": receiver, "from": str(mail["From"]), "subject": str(mail["Subject"] or ""),
        "text": body.get_content() if body else "", "id": str(mail["Message-ID"] or ""),
        "attachments": [part.get_filename() or "" for part in mail.iter_attachments()],
    }  # fmt: skip


def _seen(store: Store, message: Record) -> Response:
    first = store.get(KIND, f"sms-{message['id']}")
    if first != message:
        return JSONResponse({"error": "this id was used for another message"}, status_code=409)
    return JSONResponse({"id": message["id"], "status": "accepted"}, status_code=200)


def _received(request: Request) -> list[Record]:
    wanted = request.query_params.get("to", "").strip()
    newest_first = reversed(request.app.state.store.all(KIND))
    # A "+" in a query string arrives as a space.
    return [one for one in newest_first if not wanted or wanted.lstrip("+") in one["to"]]


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
