"""The web process's side of its reader: starts it when first needed, restarts it if it dies, any thread may ask it."""

import hashlib
import json
import logging
import os
import select
import socket
import subprocess
import sys
import tempfile
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from signal import SIGABRT, SIGALRM, SIGKILL, SIGXCPU
from threading import BoundedSemaphore, Lock
from typing import IO, Any, Final

from rukhsa.reader import spending
from rukhsa.reader.errors import CANNOT_BE_READ, TOO_MUCH_MEMORY, TOOK_TOO_LONG, Busy, Refused, Unread
from rukhsa.reader.task import TASKS, Task
from rukhsa.telemetry.trace import span

logger = logging.getLogger(__name__)

AT_ONCE: Final = 2  # children of one worker
WAITING: Final = 1  # callers that may wait for one of them; so a worker of four threads always has one left
LONGEST_WAIT: Final = 1.0  # seconds
SECONDS_TO_START: Final = 60
_CHUNK: Final = 1 << 16


class Died(Exception):
    """The reader's process ended before it reported how its child ended."""


def ask(task: str, content: bytes, **parameters: Any) -> dict[str, Any]:
    """Run a file task and return its answer. Raises Refused, Unread, Busy.

    The answer comes from a process that read a stranger's file: it may say anything of that file, and must be checked
    like a form that was sent.
    """
    from rukhsa.telemetry.metrics import (
        READER_REFUSALS,
    )  # only in a process that asks: the reader itself stays small

    with span(f"read a file: {task}", task=task, bytes=len(content)) as reading:
        try:
            return _asked(TASKS[task], content, parameters)
        except Refused as refused:
            code = refused.code if isinstance(refused, Unread) else "refused"  # a child may answer any code
            READER_REFUSALS.labels(task, code).inc()
            reading.say(outcome=code)
            if isinstance(refused, Busy):
                spending.turn_away()
            raise


def _asked(task: Task, content: bytes, parameters: dict[str, Any]) -> dict[str, Any]:
    spending.open_one(task)
    with _SLOTS.one():
        for _ in range(2):
            try:
                return _READER.ask(task, content, parameters)
            except Died as died:
                logger.error("the reader ended and is started again: %s", died)
        raise Busy("the reader does not stay")


def start() -> None:
    """Start the reader of this process without waiting for it: the first file does not then wait for its imports."""
    _READER.start()


class Slots:
    """Limits how many calls run or wait; further calls are refused at once."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._at_work = BoundedSemaphore(at_once)
        self._admitted = BoundedSemaphore(at_once + waiting)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold one. Raises Busy."""
        if not self._admitted.acquire(blocking=False):
            raise Busy("enough wait already")
        try:
            if not self._at_work.acquire(timeout=LONGEST_WAIT):
                raise Busy(f"waited {LONGEST_WAIT} s")
            try:
                yield
            finally:
                self._at_work.release()
        finally:
            self._admitted.release()


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a child ended, as the reader reports it."""

    signal: int
    exit: int | None
    megabytes: float
    seconds: float


class Process:
    """One reader process, and the socket to it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._owner = 0  # a fork of the worker has no reader yet
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    def start(self) -> socket.socket:
        """The socket to a running reader, which is started if needed."""
        with self._lock:
            if self._socket is None or self._owner != os.getpid() or not self._is_running():
                self._start()
            assert self._socket is not None
            return self._socket

    def ask(self, task: Task, content: bytes, parameters: dict[str, Any]) -> dict[str, Any]:
        """Send one request and read its answer. Raises Refused, Died."""
        asked = self.start()
        until = time.monotonic() + task.patience + SECONDS_TO_START
        with ExitStack() as open_now:
            try:
                answer, end = _send(asked, task, content, parameters, open_now)
                told = _read(answer, task.answer + 1, until)
                ended = _ended(_read(end, 4096, until))
                spending.pay(ended.seconds)
            except TimeoutError:
                self._give_up(asked)
                spending.pay(task.patience)
                raise _unread(TOOK_TOO_LONG, task, content, "no answer") from None
            except Died:
                self._give_up(asked)
                raise
        return _answer(told, ended, task, content)

    def kill(self) -> None:
        """End the reader and its children at once; the next call starts another."""
        with self._lock:
            self._forget()

    @property
    def pid(self) -> int | None:
        """The process id of the running reader."""
        return self._process.pid if self._process else None

    def _give_up(self, asked: socket.socket) -> None:
        with self._lock:
            if asked is self._socket:  # and not one that another thread has started since
                self._forget()

    def _is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _start(self) -> None:
        self._forget()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-I", "-X", "utf8", "-m", "rukhsa.reader", str(theirs.fileno())],
                env={},
                cwd="/",
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        self._socket, self._owner = ours, os.getpid()

    def _forget(self) -> None:
        if self._socket is not None:
            self._socket.close()
        if self._process is not None and self._owner == os.getpid():
            with suppress(ProcessLookupError):
                self._process.kill()
            self._process.wait()
        self._socket = self._process = None


def _send(
    reader: socket.socket, task: Task, content: bytes, parameters: dict[str, Any], open_now: ExitStack
) -> tuple[int, int]:
    """Send the file and two pipes to the reader. Returns our ends of the pipes. Raises Died."""
    request = open_now.enter_context(_in_memory())
    request.write(json.dumps({"task": task.name, "parameters": parameters}).encode() + b"\n")
    request.write(content)
    request.flush()
    pipes = [os.pipe() for _ in range(2)]
    for ours, _ in pipes:
        open_now.callback(os.close, ours)
    try:
        socket.send_fds(reader, [b"\n"], [request.fileno(), *(theirs for _, theirs in pipes)])
    except OSError as error:
        raise Died(str(error)) from error
    finally:
        for _, theirs in pipes:
            os.close(theirs)
    return pipes[0][0], pipes[1][0]


def _in_memory() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        return open(os.memfd_create("file", os.MFD_CLOEXEC), "w+b")
    return tempfile.TemporaryFile()


def _read(descriptor: int, most: int, until: float) -> bytes:
    """Read until the other side closes, `most` bytes at most. Raises TimeoutError."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    found = bytearray()
    while len(found) < most:
        if not poll.poll(max(0.0, until - time.monotonic()) * 1000):
            raise TimeoutError
        chunk = os.read(descriptor, min(_CHUNK, most - len(found)))
        if not chunk:
            break
        found += chunk
    return bytes(found)


def _ended(told: bytes) -> Ended:
    if not told:
        raise Died("it ended without a word")
    return Ended(**json.loads(told))


def _answer(told: bytes, ended: Ended, task: Task, content: bytes) -> dict[str, Any]:
    """The answer of a child, after a check of its form. Raises Refused, Unread."""
    if ended.signal or ended.exit:
        raise _unread(
            _code_of(ended, task), task, content, f"signal {ended.signal}, exit {ended.exit}", ended
        )
    try:
        said = json.loads(told, object_hook=_with_bytes) if len(told) <= task.answer else {}
        if isinstance(said, dict) and isinstance(said.get("answer"), dict):
            return dict(said["answer"])
        if isinstance(said, dict) and isinstance(said.get("refused"), str):
            code, detail = said["refused"], str(said.get("detail", ""))
        else:
            fault = said.get("detail", "another form") if isinstance(said, dict) else "another form"
            raise _unread(CANNOT_BE_READ, task, content, str(fault), ended)
    except (ValueError, TypeError, RecursionError) as error:
        raise _unread(CANNOT_BE_READ, task, content, type(error).__name__, ended) from error
    if code == TOO_MUCH_MEMORY:
        raise _unread(code, task, content, detail, ended)
    raise Refused(code, detail)


def _with_bytes(value: dict[str, Any]) -> Any:
    packed = value.get("bytes") if len(value) == 1 else None
    return value if packed is None else b64decode(packed, validate=True)


def _code_of(ended: Ended, task: Task) -> str:
    if ended.signal in (SIGALRM, SIGXCPU) or (ended.signal == SIGKILL and ended.seconds >= task.seconds):
        return TOOK_TOO_LONG
    # C++ and Rust abort without memory; the kernel kills when the machine has none left.
    return TOO_MUCH_MEMORY if ended.signal in (SIGABRT, SIGKILL) else CANNOT_BE_READ


def _unread(code: str, task: Task, content: bytes, why: str, ended: Ended | None = None) -> Unread:
    """The refusal, which is also logged for the operator: such files are rare, and a crash may be an attack."""
    level = logging.ERROR if code == CANNOT_BE_READ else logging.WARNING
    digest = hashlib.sha256(content).hexdigest()
    # An attacker's file may control the child, whose text therefore stays out of the log.
    why = "".join(letter if letter.isprintable() else " " for letter in why[:200])
    logger.log(
        level,
        "%s: %s of a file of %d bytes, sha256 %s: %s (%s)",
        code,
        task.name,
        len(content),
        digest,
        why,
        ended,
    )
    return Unread(code, why)


_SLOTS: Final = Slots(AT_ONCE, WAITING)
_READER: Final = Process()
