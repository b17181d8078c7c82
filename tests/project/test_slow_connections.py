"""The real server, as a deployment starts it: hundreds of connections that send or read slowly stop no other client."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest

from rukhsa.project.config import PROJECT, config
from rukhsa.project.ports import held_ports
from rukhsa.project.processes import processes
from tests.waiting import LONGEST, wait_until

pytestmark = pytest.mark.slow

OF_EACH = 200
# Long for an answer that is a select, and short for a person who waits for it.
SECONDS_OF_THE_CONTROL = 3
BLOCKING = ("--interface", "wsgi", "--blocking-threads", "4")


def test_slow_bodies_headers_and_readers_stop_neither_health_nor_pages() -> None:
    with served() as port, ExitStack() as held:
        for _ in range(OF_EACH):
            held.enter_context(
                _slow(port, "POST /number HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nnum")
            )
            held.enter_context(_slow(port, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: a"))
            # Larger than what the kernel and the server hold for a connection, and never read.
            held.enter_context(
                _slow(port, "GET /assets/zxing/reader/zxing_reader.wasm HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            )
        for _ in range(20):
            assert _asked(port, "/healthz") == 200
            assert _asked(port, "/assets/words.json") == 200


def test_a_thread_for_each_connection_is_stopped_by_five() -> None:
    """The negative control: the same pages as they were served before."""
    application = "tests.project.unbuffered:application"
    with served(application, BLOCKING) as port:
        with ExitStack() as held:
            for _ in range(5):
                head = "POST /number HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
                kind = "Content-Type: application/x-www-form-urlencoded\r\n\r\nnum"
                held.enter_context(_slow(port, head + kind))
            wait_until(lambda: _stands_still(port))
        wait_until(lambda: not _stands_still(port))


def test_a_body_that_is_too_large_is_refused_before_it_is_sent() -> None:
    with served() as port, socket.create_connection(("127.0.0.1", port), LONGEST) as connection:
        head = "POST /verdict HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
        connection.sendall(f"{head}Content-Length: {18 * 1024 * 1024}\r\n\r\n".encode())
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == 413
        assert b"urn:rukhsa:problem:too-large" in answer.read()


@pytest.mark.parametrize("chunk", [b"ZZ\r\nx\r\n", b"-1\r\n", b"FFFFFFFFFFFFFFFFF\r\n"])
def test_a_body_in_chunks_that_are_none_is_refused_and_no_failure_of_ours(chunk: bytes) -> None:
    with served() as port:
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", port), LONGEST) as connection:
                head = b"POST /verdict HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                connection.sendall(head + chunk)
                answer = http.client.HTTPResponse(connection)
                answer.begin()
                assert answer.status == 400
        # A client that goes away in the middle of a body gets no answer, and no other client is affected.
        with _slow(port, "POST /verdict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nnum"):
            pass
        assert _asked(port, "/healthz") == 200


@pytest.mark.parametrize(
    "borders",
    [
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 5\r\n folded\r\n",
    ],
)
def test_a_request_whose_borders_can_be_read_in_two_ways_hides_no_second_one(borders: str) -> None:
    """RFC 9112 §6.3: it is answered once and the connection is closed, whatever follows; a clear one goes on."""
    hidden = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with served() as port:
        with socket.create_connection(("127.0.0.1", port), LONGEST) as connection:
            connection.sendall(_verdict(borders, hidden))
            told = b"".join(iter(lambda: connection.recv(65536), b""))
            assert told.startswith((b"HTTP/1.1 400", b"HTTP/1.1 415"))
            assert b"page: " not in told
        with socket.create_connection(("127.0.0.1", port), LONGEST) as connection:
            connection.sendall(_verdict("Content-Length: 5\r\n", hidden))
            told = b""
            while b"page: " not in told:
                told += connection.recv(65536)


def _verdict(borders: str, following: str) -> bytes:
    return f"POST /verdict HTTP/1.1\r\nHost: 127.0.0.1\r\n{borders}\r\n0\r\n\r\n{following}".encode()


@contextmanager
def served(application: str = "", options: tuple[str, ...] = ()) -> Iterator[int]:
    """The verifier's process on a port, with the command line of `rukhsa run`, or with other options."""
    with held_ports(1) as (port,):
        addresses = replace(config().addresses, public_port=port)
        ours = replace(config(), addresses=addresses)
        (ours.data / "static").mkdir(exist_ok=True)
        (part,) = (each for each in processes(ours) if each.name == "verifier")
        command = [*part.command]
        if application:
            at = ("--host", "127.0.0.1", "--port", str(port), "--no-ws", "--log-level", "warning")
            command = [sys.executable, "-m", "granian", application, *options, *at]
        path = f"{PROJECT}/src:{PROJECT}"
        process = subprocess.Popen(
            command, env=os.environ | {"PYTHONPATH": path}, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            wait_until(lambda: _answers(port))
            yield port
        finally:
            # With its worker, which listens and would go on by itself. How a server ends is tried elsewhere.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(LONGEST)


@contextmanager
def _slow(port: int, beginning: str) -> Iterator[None]:
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.settimeout(LONGEST)
        connection.connect(("127.0.0.1", port))
        connection.sendall(beginning.encode())
        yield


def _asked(port: int, path: str, *, seconds: float = LONGEST) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _answers(port: int) -> bool:
    try:
        return _asked(port, "/healthz") == 200
    except OSError:
        return False


def _stands_still(port: int) -> bool:
    try:
        _asked(port, "/healthz", seconds=SECONDS_OF_THE_CONTROL)
    except TimeoutError:
        return True
    return False
