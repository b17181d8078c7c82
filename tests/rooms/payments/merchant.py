"""Our side of a gateway's notifications: a small server that hands them to the payments room, as a page does."""

import contextlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.db import connection, transaction

from rukhsa.payments.gateway_notice import receive_notification
from rukhsa.payments.gateways.port import UnprovenNotice
from rukhsa.payments.gateways.registry import gateway
from tests.queued import Queued


class Merchant:
    """What arrived, and what it queued; while `deaf`, it gives no useful answer."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.queued = Queued()
        self.deaf = False
        self.address = ""

    @contextlib.contextmanager
    def listening(self) -> Iterator["Merchant"]:
        """Listen on a free port."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield self
        server.shutdown()
        server.server_close()
        thread.join()

    def answer(self, raw: bytes, headers: dict[str, str]) -> str:
        """What a page of ours answers."""
        self.heard.append(raw)
        try:
            with transaction.atomic():
                with contextlib.suppress(UnprovenNotice):
                    return receive_notification(gateway("national"), raw, headers, datetime.now(UTC))
                return ""
        finally:
            connection.close()


def _handler_of(merchant: Merchant) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            text = "OK" if merchant.deaf else merchant.answer(raw, dict(self.headers))
            self.send_response(200)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Keep the log of requests quiet."""

    return Handler
