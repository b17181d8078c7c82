"""One gateway after another, each with an order of its own and a mailbox for its notices."""

import itertools
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rukhsa.payments.gateways.port import Gateway, Inquiry, Order
from rukhsa.payments.gateways.registry import gateway
from rukhsa.values.money import Money
from tests.rooms.payments.conformance.drivers import DRIVERS, Driver

_numbers = itertools.count(1)
OWED = Money(minor=25_050, currency="BHD")


@dataclass(kw_only=True)
class Mailbox:
    """Where a gateway's notices arrive: each with its body and its headers."""

    address: str = ""
    letters: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)


@pytest.fixture(scope="session")
def listening() -> Iterator[Mailbox]:
    """A server for notices, open for the whole session."""
    box = Mailbox()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            box.letters.append((raw, dict(self.headers)))
            text = b"REDIRECT=http://127.0.0.1:9/back"
            self.send_response(200)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the log of requests quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    box.address = f"http://127.0.0.1:{server.server_address[1]}/notice"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield box
    server.shutdown()
    server.server_close()


@pytest.fixture
def mailbox(listening: Mailbox) -> Mailbox:
    """The notices of this test."""
    listening.letters.clear()
    return listening


@pytest.fixture(params=DRIVERS, ids=lambda driver: driver.code)
def driver(request: pytest.FixtureRequest) -> Driver:
    """The payer at the gateway under trial."""
    found: Driver = request.param
    return found


@pytest.fixture
def adapter(driver: Driver) -> Gateway:
    """The adapter under trial."""
    return gateway(driver.code)


@pytest.fixture
def order(mailbox: Mailbox) -> Order:
    """25.050 dinars, which as a number of JSON would read 25.05."""
    return Order(
        reference=f"{time.time_ns() % 10**11:011d}{next(_numbers):04d}",
        money=OWED,
        description="RW-2026-0000001",
        payer_name="ليلى أحمد الدوسري",
        payer_phone="+97336000001",
        payer_email="layla@people.example",
        notification_address=mailbox.address,
        return_address="http://127.0.0.1:9/back",
        at=datetime.now(UTC),
    )


def inquiry_of(order: Order, gateway_reference: str, *, age: timedelta = timedelta(0)) -> Inquiry:
    """The inquiry about an order."""
    return Inquiry(reference=order.reference, gateway_reference=gateway_reference, money=order.money, age=age)
