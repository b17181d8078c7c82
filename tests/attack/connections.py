"""Connections that send slowly, read slowly, send too much, or are very many."""

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx

from tests.attack.browser import Browser
from tests.attack.ground import Ground
from tests.attack.tries import Outcome, Tries, Try, answered, kind

EACH = 150
WASM = "/assets/zxing/reader/zxing_reader.wasm"
HEAD = "HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
PATIENCE = 20.0


@kind(
    tried=f"{EACH} connections each with slow bodies, slow headers, slow parts, unread answers, and nothing at all, at"
    " both sites; ten questions beside each",
    must="health and a page answered within ten seconds", tries=100, controls=2, since="security 3",
)  # fmt: skip
def slow_connections(ground: Ground) -> Tries:
    config = ground.world.config.addresses
    for port, path, page in (
        (config.public_port, "/number", "/"),
        (config.portal_port, "/desk/sign-in", "/"),
    ):
        yield _asked(port, page, "nothing else is open", control=True)
        for what, beginning in _beginnings(port, path).items():
            with ExitStack() as held:
                for _ in range(EACH):
                    held.enter_context(_slow(port, beginning))
                for number in range(10):
                    yield _asked(port, "/healthz" if number % 2 else page, f"{EACH} with {what}, {port}")


def _beginnings(port: int, path: str) -> dict[str, str]:
    head = HEAD.format(port=port)
    form = "Content-Type: multipart/form-data; boundary=x\r\n"
    return {
        "slow bodies": f"POST {path} {head}Content-Length: 1000\r\n\r\nnum",
        "slow headers": f"GET / {head}X-Slow: a",
        "slow parts": f"POST {path} {head}{form}Content-Length: 900000\r\n\r\n--x\r\nContent-Disp",
        "an answer that is not read": f"GET {WASM} {head}\r\n",
        "nothing sent": "",
    }


@contextmanager
def _slow(port: int, beginning: str) -> Iterator[None]:
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.settimeout(PATIENCE)
        connection.connect(("127.0.0.1", port))
        if beginning:
            connection.sendall(beginning.encode())
        yield


def _asked(port: int, path: str, beside: str, *, control: bool = False) -> Try:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    sent, must = f"{path} beside {beside}", "answered"
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    except OSError as error:
        return Try(sent=sent, must=must, came=repr(error), outcome=Outcome.ERROR, control=control)
    finally:
        connection.close()
    outcome = Outcome.HELD if status == http.HTTPStatus.OK else Outcome.THROUGH
    return Try(sent=sent, must=must, came=str(status), outcome=outcome, control=control)


@kind(
    tried="bodies that are too large, by their length and in chunks; requests that two servers would read"
    " differently; heads"
    " without end, lines that are none",
    must="refused, or the connection ended",
    tries=56,
    controls=2,
    since="security 3",
)
def requests_bent(ground: Ground) -> Tries:
    config = ground.world.config.addresses
    for port in (config.public_port, config.portal_port):
        for what, raw in _bent(port).items():
            came = _sent(port, raw)
            status = came[9:12].decode(errors="replace")
            answers = came.count(b"HTTP/1.1 ")
            told = f"{status}, {answers} answers"
            # A request may name a host in its address, too: then our own page comes, and never by the other name.
            ours = what == "an address with a host in it" and b"elsewhere" not in came
            refused = not came or (status[:1] == "4" and answers <= 1) or ours
            outcome = Outcome.HELD if refused else Outcome.ERROR if status[:1] == "5" else Outcome.THROUGH
            yield Try(sent=f"{port}: {what}", must="refused", came=told, outcome=outcome)
        plain = _sent(port, f"GET /healthz {HEAD.format(port=port)}Connection: close\r\n\r\n".encode())
        outcome = Outcome.HELD if b" 200 " in plain[:20] else Outcome.THROUGH
        yield Try(sent=f"{port}: plain", must="200", came=plain[:15].decode(), outcome=outcome, control=True)


def _bent(port: int) -> dict[str, bytes]:
    head = HEAD.format(port=port)
    close = "Connection: close\r\n"
    post = f"POST /verdict {head}{close}Content-Type: application/json\r\nAccept: application/json\r\n"
    chunked, behind = "Transfer-Encoding: chunked\r\n", f"0\r\n\r\nGET /healthz {head}\r\n"
    made = {
        "18 MB announced": f"{post}Content-Length: 18874368\r\n\r\n",
        "a terabyte announced": f"{post}Content-Length: 1099511627776\r\n\r\n",
        "a length that is none": f"{post}Content-Length: x\r\n\r\n",
        "a negative length": f"{post}Content-Length: -1\r\n\r\n",
        "a length with a sign": f"{post}Content-Length: +5\r\n\r\nabcde",
        "two lengths": f"{post}Content-Length: 2\r\nContent-Length: 30\r\n\r\n{{}}",
        "length and chunks": f"{post}Content-Length: 4\r\n{chunked}\r\n{behind}",
        "chunks twice": f"{post}{chunked}Transfer-Encoding: identity\r\n\r\n{behind}",
        "a strange encoding": f"{post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "a chunk that is none": f"{post}Transfer-Encoding: chunked\r\n\r\nZZ\r\nx\r\n0\r\n\r\n",
        "a chunk of 16 exabytes": f"{post}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nx\r\n",
        "a space before the colon": f"GET /healthz {head}{close}X-A : b\r\n\r\n",
        "a folded line": f"GET /healthz {head}{close}X-A: b\r\n c\r\n\r\n",
        "no colon": f"GET /healthz {head}{close}nothing\r\n\r\n",
        "NUL in a header": f"GET /healthz {head}{close}X-A: \0\r\n\r\n",
        "a bare end of line in a header": f"GET /healthz {head}{close}X-A: b\rX-B: c\r\n\r\n",
        "1,000 headers": f"GET /healthz {head}{close}" + "X-A: b\r\n" * 1000 + "\r\n",
        "a header of a megabyte": f"GET /healthz {head}{close}X-A: " + "b" * (1 << 20) + "\r\n\r\n",
        "an address of a megabyte": f"GET /{'a' * (1 << 20)} {head}{close}\r\n",
        "no host": "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        "another host": "GET / HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n",
        "no version": "GET /\r\n\r\n",
        "another version": f"GET / HTTP/9.9\r\nHost: 127.0.0.1:{port}\r\n\r\n",
        "the beginning of TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "the beginning of HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "CONNECT": f"CONNECT elsewhere.example:443 {head}{close}\r\n",
        "an address with a host in it": f"GET http://elsewhere.example/ {head}{close}\r\n",
        "only ends of lines": "\r\n" * 5000,
    }
    return {what: raw.encode("latin-1") for what, raw in made.items()}


def _sent(port: int, raw: bytes) -> bytes:
    """What came back until the other side was silent or went."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        connection.settimeout(1.5)
        came = b""
        try:
            connection.sendall(raw)
            while len(came) < 1 << 20 and (part := connection.recv(65536)):
                came += part
        except OSError:  # the other side went, or waits for more: nothing was done for this request
            return came
    return came


@kind(
    tried="600 requests at once from 40 threads: verdicts, numbers, pages and wrong sign-ins together",
    must="answered or put off; none fails", tries=600, controls=0, since="threat T19",
)  # fmt: skip
def many_at_once(ground: Ground) -> Tries:
    made: list[Try] = []

    def some() -> None:
        asker, stranger = ground.asker(), ground.stranger()
        for number in range(15):
            answer = _one_of(number, asker, stranger, ground)
            holds = answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR
            made.append(answered(f"request {number}", answer, must="no failure", holds=holds))

    threads = [threading.Thread(target=some) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    yield from made


def _one_of(number: int, asker: Browser, stranger: Browser, ground: Ground) -> httpx.Response:
    match number % 4:
        case 0:
            return asker.client.post("/verdict", json={"text": ground.text})
        case 1:
            return asker.client.post("/number", data={"number": "CAP-1", "code": "x"})
        case 2:
            return stranger.get("/services/proof-of-residence")
    return stranger.post(
        "/desk/sign-in", {"login": f"nobody{number}@mun.example", "password": "not a password"}
    )
