"""What is done in a cluster while it stands, in a process of its own: told to end, it mends what it broke, and ends."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing import get_context
from typing import Final

from rukhsa.project.tether import PR_SET_PDEATHSIG

# For what a fault has in hand: a disk is copied back.
SECONDS_TO_MEND: Final = 60
ENDED_EARLY: Final = 130  # the exit code of one that was told to end, as of a program that Ctrl-C ends
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Interruptible:
    """An act in a process of its own, which begins with it and is told to end by SIGTERM.

    No thread could be told: it would go on with the next fault while the cluster is ended below it. The process leaves
    its blocks as by Ctrl-C, which is for the supervisor alone.
    """

    def __init__(self, act: Callable[[], int]) -> None:
        self._process = get_context("fork").Process(target=_do, args=(act,))
        # Held back until the child heeds them in its own way.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        self._process.start()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)

    @property
    def code(self) -> int:
        """The exit code of what has ended."""
        return ENDED_EARLY if self._process.exitcode is None else self._process.exitcode

    async def ended(self) -> None:
        """Return once it has ended; cancelled, tell it to, and kill what does not."""
        try:
            await self._until_ended()
        finally:
            self._process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._until_ended(), SECONDS_TO_MEND)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid or 0, signal.SIGKILL)  # with the programs that it started
            await self._until_ended()

    async def _until_ended(self) -> None:
        while self._process.exitcode is None:
            await asyncio.sleep(0.1)


def _do(act: Callable[[], int]) -> None:
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        code = act()
    except KeyboardInterrupt:
        code = ENDED_EARLY
    sys.stdout.flush()
    # Its threads, people who apply, are waited for by no one.
    os._exit(code)


def _end(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt
