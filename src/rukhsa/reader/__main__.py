"""The reader's process: loads the parsers, then forks once for each file and reports how that child ended."""

import contextlib
import gc
import importlib
import json
import os
import resource
import selectors
import signal
import socket
import sys
import traceback
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from rukhsa.reader import confinement
from rukhsa.reader.errors import CANNOT_BE_READ, TOO_MUCH_MEMORY, Refused
from rukhsa.reader.task import TASKS, Task
from rukhsa.reader.warm import examples

type Function = Callable[..., dict[str, Any]]
DESCRIPTORS = 3  # that come with a request: the file, the pipe for the answer, the pipe for the end


def main() -> None:
    """Serve the socket that was handed over, until the worker closes it."""
    worker = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C in a terminal reaches us too; we end with the worker
    functions = {task.name: _load(task.function) for task in TASKS.values()}
    _warm_up(functions)
    gc.collect()
    gc.freeze()
    Reader(worker, functions, filtered=_filter_holds()).serve()


def _load(function: str) -> Function:
    module, name = function.split(":")
    loaded: Function = getattr(importlib.import_module(module), name)
    return loaded


def _warm_up(functions: dict[str, Function]) -> None:
    for task, content, parameters in examples():
        with contextlib.suppress(Refused):
            functions[task](content, **parameters)


def _filter_holds() -> bool:
    """Whether this kernel accepts our filter of system calls; tried in a child. A line on stderr says if not."""
    if confinement.machine():
        child = os.fork()
        if not child:
            with contextlib.suppress(OSError):
                confinement.confine(seconds=1, patience=10, megabytes=512, filtered=True)
                os._exit(0)
            os._exit(1)
        if os.waitpid(child, 0)[1] == 0:
            return True
    sys.stderr.write(
        "reader: no filter of system calls on this machine; files are read under limits alone"
        " (docs/operating/production.md).\n"
    )
    sys.stderr.flush()
    return False


class Reader:
    """Receives requests from its worker, and runs a child for each."""

    def __init__(self, worker: socket.socket, functions: dict[str, Function], *, filtered: bool) -> None:
        self._worker = worker
        self._functions = functions
        self._filtered = filtered
        self._random = tuple(_random_device())
        self._running: dict[int, int] = {}  # children, and the pipe for the report of each
        self._wakes, wakes = socket.socketpair()
        for each in (self._wakes, wakes):
            each.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
        self._wake = wakes

    def serve(self) -> None:
        """Serve until the worker is gone; the children end with this process."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._worker, selectors.EVENT_READ)
            selector.register(self._wakes, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._wakes in ready:
                    with contextlib.suppress(BlockingIOError):
                        self._wakes.recv(4096)
                    self._report_ends()
                if self._worker in ready and not self._receive():
                    break
        for child in self._running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    def _receive(self) -> bool:
        """Receive one request: one byte, with descriptors. Returns False when the worker has closed the socket."""
        byte, descriptors, _, _ = socket.recv_fds(self._worker, 1, DESCRIPTORS)
        if not byte:
            return False
        if len(descriptors) == DESCRIPTORS:
            content, answer, end = descriptors
            me = os.getpid()
            child = os.fork()
            if not child:
                self._be_child(me, content, answer)
            self._running[child] = end
            descriptors = [content, answer]
        for each in descriptors:
            os.close(each)
        return True

    def _be_child(self, parent: int, content: int, answer: int) -> NoReturn:
        """Read one file and end the process; this never returns."""
        try:
            signal.set_wakeup_fd(-1)
            confinement.tie_to_parent(parent)
            task, parameters, data = _request(content)
            _close_all_but({answer, *self._random})
            confinement.confine(
                seconds=task.seconds,
                patience=task.patience,
                megabytes=task.megabytes,
                filtered=self._filtered,
                threads=task.threads,
            )
            _write(answer, _run(task, self._functions[task.name], data, parameters))
            os._exit(0)
        finally:
            os._exit(1)

    def _report_ends(self) -> None:
        while self._running:
            child, status, usage = os.wait4(-1, os.WNOHANG)
            if not child:
                return
            end = self._running.pop(child)
            number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            ended = {
                "signal": number,
                "exit": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
                "megabytes": round(usage.ru_maxrss / 1024, 1),
                "seconds": round(usage.ru_utime + usage.ru_stime, 3),
            }
            with contextlib.suppress(OSError):  # the caller may have gone
                os.write(end, json.dumps(ended).encode())
            os.close(end)


def _request(descriptor: int) -> tuple[Task, dict[str, Any], bytes]:
    """What our worker wrote: a line of JSON, then the file."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    with open(descriptor, "rb", closefd=False) as file:
        head = json.loads(file.readline())
        return TASKS[head["task"]], head["parameters"], file.read()


def _random_device() -> Iterator[int]:
    """What qpdf opened with the warm-up: it asks for random numbers even to read a PDF with keys of 256 bits."""
    folder = "/proc/self/fd"
    for each in os.listdir(folder) if sys.platform == "linux" else ():
        with contextlib.suppress(OSError):  # that of the listing itself
            if os.readlink(f"{folder}/{each}") == "/dev/urandom":
                yield int(each)


def _close_all_but(kept: set[int]) -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    begin = 0
    for descriptor in (*sorted(kept), most if most != resource.RLIM_INFINITY else 1 << 16):
        os.closerange(begin, descriptor)
        begin = descriptor + 1


def _run(task: Task, function: Function, content: bytes, parameters: dict[str, Any]) -> bytes:
    """The answer as one line of JSON."""
    try:
        told = json.dumps({"answer": function(content, **parameters)}, default=_bytes).encode()
        if len(told) <= task.answer:
            return told
        told = json.dumps({"refused": TOO_MUCH_MEMORY, "detail": f"an answer of {len(told)} bytes"}).encode()
    except Refused as refused:
        told = json.dumps({"refused": refused.code, "detail": refused.detail[:500]}).encode()
    except MemoryError:
        told = json.dumps({"refused": TOO_MUCH_MEMORY, "detail": "MemoryError"}).encode()
    except Exception as fault:  # third-party parsers may raise anything; the caller reports it
        # Without its message, which may quote the file: the line goes into the operator's log.
        *_, (frame, line) = traceback.walk_tb(fault.__traceback__)
        where = f"{type(fault).__name__} in {os.path.basename(frame.f_code.co_filename)}:{line}"
        told = json.dumps({"fault": CANNOT_BE_READ, "detail": where}).encode()
    return told


def _bytes(value: object) -> dict[str, str]:
    if not isinstance(value, bytes):
        raise TypeError(type(value).__name__)
    return {"bytes": b64encode(value).decode()}


def _write(descriptor: int, told: bytes) -> None:
    view = memoryview(told)
    while view:
        view = view[os.write(descriptor, view) :]


if __name__ == "__main__":
    main()
