"""Our door for the gateways' notices, as the portal has it: `/notice/<gateway>`."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.db import connection

from rukhsa.payments.collection import Addresses
from rukhsa.payments.gateway_notice import receive_notification
from rukhsa.payments.gateways.port import UnprovenNotice
from rukhsa.payments.gateways.registry import gateway
from tests.faults.money.world import now
from tests.queued import Queued


@dataclass(kw_only=True)
class Door:
    """What came in, and which applications became due by it."""

    address: str = ""
    heard: int = 0
    queued: Queued = field(default_factory=Queued)

    def addresses(self, code: str) -> Addresses:
        """Where a gateway tells us, and where the browser comes back."""
        return Addresses(notification=f"{self.address}/notice/{code}", browser=f"{self.address}/back")

    def take(self, code: str, raw: bytes, headers: dict[str, str]) -> str:
        """Hear one notice; the text that answers it."""
        self.heard += 1
        try:
            return receive_notification(gateway(code), raw, headers, now())
        except UnprovenNotice:
            return ""
        finally:
            connection.close()


@contextlib.contextmanager
def open_door() -> Iterator[Door]:
    """A door on a free port, each notice in a thread of its own."""
    door = Door()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            text = door.take(self.path.rsplit("/", 1)[1], raw, dict(self.headers)).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    door.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield door
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
