"""Keeps the processes of a deployment running, and ends them together."""

import asyncio
import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rukhsa.project import tether
from rukhsa.project.users import Account

SECONDS_TO_END = 15
LONGEST_PAUSE = 5.0  # a process that ended since the database was away is there soon after that is back
SECONDS_OF_GOOD_HEALTH = 60  # after a run of this length, the pause starts from its shortest again


class AlreadyRunning(Exception):
    """Another process already runs the deployment in the same folder."""

    code = "already-running"


@dataclass(frozen=True, kw_only=True)
class Process:
    """A process: its name in the output, its command line, its environment, and its user; None: our own."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock at `path` during the block; raises AlreadyRunning if another process holds it."""
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(descriptor, 20).decode(errors="replace").strip()
            raise AlreadyRunning(f"It runs already, as process {owner}; end that one first.") from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)


def supervise(
    parts: Sequence[Process], *, say: Callable[[str], None], when_started: Callable[[], Awaitable[None]]
) -> None:
    """Run the processes until a signal to end, restarting those that crash; then end them, last first."""
    asyncio.run(Supervisor(parts, say=say).run(when_started))


class Supervisor:
    """Runs processes, passes on their output line by line, and restarts those that crash."""

    def __init__(self, parts: Sequence[Process], *, say: Callable[[str], None]) -> None:
        self._parts = parts
        self._say = say
        self._ending = asyncio.Event()
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._width = max(len(part.name) for part in parts)

    async def run(self, when_started: Callable[[], Awaitable[None]]) -> None:
        """Run until told to end; `when_started` runs beside the processes and may raise to end them.

        Told to end, it is cancelled, and ends before they do.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self._ending.set)
        keepers = [asyncio.create_task(self._keep(part)) for part in self._parts]
        beside = asyncio.create_task(self._beside(when_started))
        await self._ending.wait()
        beside.cancel()
        await asyncio.wait([beside])
        await self._end_all()
        await asyncio.gather(*keepers)
        with contextlib.suppress(asyncio.CancelledError):
            await beside

    async def _beside(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception:
            self._ending.set()
            raise

    async def _keep(self, part: Process) -> None:
        pause = 0.5
        while not self._ending.is_set():
            began = time.monotonic()
            code = await self._run_once(part)
            if self._ending.is_set():
                return
            pause = (
                0.5 if time.monotonic() - began > SECONDS_OF_GOOD_HEALTH else min(pause * 2, LONGEST_PAUSE)
            )
            self._line(part.name, f"ended with {code}; starts again in {pause:.0f} s")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), pause)

    async def _run_once(self, part: Process) -> int:
        process = await asyncio.create_subprocess_exec(
            *tether.command(*part.command),
            env={**os.environ, **part.environment, "PYTHONUNBUFFERED": "1"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            # In its own session, so that Ctrl-C reaches the supervisor alone, which ends the processes in order.
            start_new_session=True,
            **_identity(part.account),
        )
        self._running[part.name] = process
        reading = asyncio.create_task(self._pass_on(part.name, process))
        code = await _end_of(process)
        _kill_group(process.pid)  # its children must not keep its ports
        await reading
        del self._running[part.name]
        return code

    async def _pass_on(self, name: str, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        while chunk := await _read_line(process.stdout):
            self._line(name, chunk.decode(errors="replace").rstrip())

    async def _end_all(self) -> None:
        for part in reversed(self._parts):
            process = self._running.get(part.name)
            if process is None:
                continue
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(_end_of(process), SECONDS_TO_END)
            except TimeoutError:
                self._line(part.name, "did not end when told to; it is killed")
                _kill_group(process.pid)

    def _line(self, name: str, text: str) -> None:
        self._say(f"{name:<{self._width}} │ {text}")


def _identity(account: Account | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.user, "group": account.group, "extra_groups": account.groups}


async def _end_of(process: asyncio.subprocess.Process) -> int:
    # asyncio's own wait lasts until the output is closed, which children of the process may hold open.
    while process.returncode is None:
        await asyncio.sleep(0.05)
    return process.returncode


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


async def _read_line(stream: asyncio.StreamReader) -> bytes:
    """The next line, or the part of a very long one that the buffer holds."""
    try:
        return await stream.readuntil(b"\n")
    except asyncio.IncompleteReadError as end:
        return end.partial
    except asyncio.LimitOverrunError as overrun:
        return await stream.readexactly(overrun.consumed)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
