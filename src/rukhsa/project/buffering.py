"""A WSGI application behind an event loop: a thread starts when the whole request has arrived, and is free before the
response is sent. A client that sends or reads slowly occupies a connection but no thread."""

import asyncio
import resource
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import SEEK_END
from sys import stderr
from tempfile import SpooledTemporaryFile
from time import perf_counter
from typing import Any, Final
from urllib.parse import unquote_to_bytes

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type Environ = dict[str, Any]
type Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
type File = SpooledTemporaryFile[bytes]

REFUSED: Final = "rukhsa.refused"  # the key in a request under which the reason for an untaken body is found
ARRIVED: Final = "rukhsa.arrived"  # and the moment at which the whole request was there, by perf_counter
LARGEST_BODY: Final = 17 * 1024 * 1024  # a file of 16 MB to verify, and the form around it
MOST_HELD: Final = 256 * 1024 * 1024  # bytes of bodies and answers being transferred in one process
IN_MEMORY: Final = 256 * 1024  # bytes; a larger body is kept in a file
PIECE: Final = 64 * 1024
CONNECTIONS: Final = 8192
THREADS: Final = 4
MOST_FORGOTTEN: Final = 64 * 1024 * 1024  # bytes of a refused body that are read and discarded
TOO_LARGE, TOO_SLOW, BUSY = "too-large", "too-slow", "busy"


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How slow the client may be: this many seconds, and one more for each `rate` bytes transferred."""

    grace: float = 20.0
    rate: int = 8 * 1024

    def until(self, began: float, passed: int) -> float:
        """The moment by which the next piece must have passed."""
        return began + self.grace + passed / self.rate


class Refused(Exception):
    """A body that is refused; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Gone(Exception):
    """The client closed the connection, or is too slow to receive an answer."""

    code = "gone"


class Buffered:
    """The ASGI application around `application`, which sees whole requests only.

    A body that is larger than `largest`, or slower than `pace`, reaches it as an empty one with the reason in
    REFUSED, so that it answers with a sentence.
    """

    def __init__(
        self,
        application: Application,
        *,
        largest: int = LARGEST_BODY,
        pace: Pace | None = None,
        threads: int = THREADS,
    ) -> None:
        self._application = application
        self._largest = largest
        self._pace = pace or Pace()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._held = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Take the body, have the application answer it in a thread, and send the answer."""
        with SpooledTemporaryFile(IN_MEMORY) as body, SpooledTemporaryFile(IN_MEMORY) as file:
            answer = Answer(file)
            try:
                refusal = await self._taken(scope, receive, send, body)
                environ = environ_of(scope, body) | {ARRIVED: perf_counter()}
                environ |= {REFUSED: refusal} if refusal else {}
                loop = asyncio.get_running_loop()
                start = await loop.run_in_executor(self._threads, self._ask, environ, answer)
                await self._give(start, answer, send)
                if refusal == TOO_LARGE:
                    await self._see_out(receive)
            except Gone:
                return
            finally:
                self._held -= body.seek(0, SEEK_END)

    async def _taken(self, scope: Message, receive: Receive, send: Send, body: File) -> str:
        """Take a body as `_take` does; for a body that ends early the server would otherwise log a failure of ours."""
        try:
            return await self._take(scope, receive, body)
        except Gone:
            await send({"type": "http.response.start", "status": 400, "headers": [(b"connection", b"close")]})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            raise

    async def _take(self, scope: Message, receive: Receive, body: File) -> str:
        """Write what is sent into `body`; return why nothing was taken, or an empty text. Raises Gone."""
        said = dict(scope["headers"]).get(b"content-length", b"0")
        if int(said) > self._largest:
            return TOO_LARGE
        try:
            async for piece in self._pieces(receive):
                if body.tell() + len(piece) > self._largest:
                    raise Refused(TOO_LARGE)
                if self._held + len(piece) > MOST_HELD:
                    raise Refused(BUSY)
                self._held += len(piece)
                body.write(piece)
        except Refused as refused:
            self._held -= body.tell()
            body.seek(0)
            body.truncate()
            return refused.code
        return ""

    async def _pieces(self, receive: Receive) -> AsyncIterator[bytes]:
        """Yield what arrives, piece by piece. Raises Gone, and Refused if it arrives too slowly."""
        began, passed = asyncio.get_running_loop().time(), 0
        while True:
            try:
                async with asyncio.timeout_at(self._pace.until(began, passed)):
                    message = await receive()
            except TimeoutError:
                raise Refused(TOO_SLOW) from None
            if message["type"] != "http.request":
                raise Gone
            piece = message.get("body", b"")
            passed += len(piece)
            yield piece
            if not message.get("more_body"):
                return

    def _ask(self, environ: Environ, answer: "Answer") -> Message:
        """Run the application, in a thread, to the end of its answer."""
        start: Message = {"type": "http.response.start"}

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> object:
            start["status"] = int(status.partition(" ")[0])
            start["headers"] = [(name.lower().encode(), value.encode("latin1")) for name, value in headers]
            return answer.add

        output = self._application(environ, start_response)
        try:
            for piece in output:
                answer.add(piece)
        finally:
            if close := getattr(output, "close", None):
                close()
        return start

    async def _give(self, start: Message, answer: "Answer", send: Send) -> None:
        """Send the answer as fast as it is read. Raises Gone if that is too slow."""
        began, passed = asyncio.get_running_loop().time(), 0
        await send(start)
        for piece in answer.pieces():
            passed += len(piece)
            try:
                async with asyncio.timeout_at(self._pace.until(began, passed)):
                    more = passed < answer.size
                    await send({"type": "http.response.body", "body": piece, "more_body": more})
            except TimeoutError:
                raise Gone from None

    async def _see_out(self, receive: Receive) -> None:
        """Read and discard a refused body: if the connection were cut, the browser would not show our answer."""
        passed = 0
        try:
            async for piece in self._pieces(receive):
                passed += len(piece)
                if passed > MOST_FORGOTTEN:
                    return
        except Refused:
            return


class Answer:
    """The answer of an application: kept in memory if it comes in one piece, in a file if in many."""

    def __init__(self, file: File) -> None:
        self._whole = b""
        self._file = file
        self.size = 0

    def add(self, piece: bytes) -> None:
        """Take the next piece."""
        if not self.size:
            self._whole = piece
        else:
            self._file.write(self._whole + piece)
            self._whole = b""
        self.size += len(piece)

    def pieces(self) -> Iterator[bytes]:
        """The pieces to send, at least one, each small enough to wait for."""
        if not self.size:
            yield b""
        self._file.seek(0)
        for begins in range(0, self.size, PIECE):
            yield self._whole[begins : begins + PIECE] or self._file.read(PIECE)


def environ_of(scope: Message, body: File) -> Environ:
    """The WSGI environment of a request (PEP 3333), with its bytes as latin-1."""
    length = body.tell()
    body.seek(0)
    server, client = scope.get("server") or ("localhost", "80"), scope.get("client") or ("", "")
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin1"),
        "QUERY_STRING": scope["query_string"].decode("latin1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        _tell(environ, name.decode("latin1"), value.decode("latin1"))
    # The real length: a body sent in chunks has one by now.
    return environ | {"CONTENT_LENGTH": str(length)}


def _tell(environ: Environ, name: str, value: str) -> None:
    """Add a header, unless its name has an underscore: it could be taken for a header that a proxy sets."""
    if "_" in name:
        return
    key = name.upper().replace("-", "_")
    key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
    joint = "; " if key == "HTTP_COOKIE" else ","
    environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value


def allow_many_connections() -> None:
    """Raise this process's limit of open files as far as the machine allows: every connection is an open file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, 2 * CONNECTIONS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
