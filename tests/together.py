"""Acts done by several threads at one moment, each with a connection of its own."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from tests.database import waiting_for_a_lock

LONGEST = 90  # seconds, on a busy machine


def at_once[T](acts: Iterable[Callable[[], T]]) -> list[T]:
    """What the acts gave back, in their order; when all have ended, the error of the first that failed is raised."""
    return [one.result() for one in _ended(acts)]


def ended_at_once[T](acts: Iterable[Callable[[], T]]) -> list[T | BaseException]:
    """What each of the acts gave back or raised, in their order."""
    return [one.exception() or one.result() for one in _ended(acts)]


def begun[T](threads: ThreadPoolExecutor, act: Callable[[], T]) -> Future[T]:
    """Begin an act in a thread; back once it waits for a lock, such as one of the transaction that is open here, or has
    ended."""

    def run() -> T:
        try:
            return act()
        finally:
            connection.close()

    future, until = threads.submit(run), time.monotonic() + LONGEST
    while not (future.done() or waiting_for_a_lock()) and time.monotonic() < until:
        time.sleep(0.01)
    return future


def _ended[T](acts: Iterable[Callable[[], T]]) -> list[Future[T]]:
    waiting = list(acts)
    gate = threading.Barrier(len(waiting), timeout=LONGEST)

    def run(act: Callable[[], T]) -> T:
        gate.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(waiting)) as threads:
        return [threads.submit(run, act) for act in waiting]


@contextmanager
def meeting(patch: pytest.MonkeyPatch, owner: object, name: str, *, of: int) -> Iterator[None]:
    """Let so many threads wait for each other before the act of that name: what they looked at is then past."""
    act: Callable[..., Any] = getattr(owner, name)
    together = threading.Barrier(of, timeout=LONGEST)

    def met(*given: Any, **how: Any) -> Any:
        together.wait()
        return act(*given, **how)

    with patch.context() as within:
        within.setattr(owner, name, met)
        yield


@contextmanager
def no_lock_before(owner: object, name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take the locks of rows away, and let two threads meet before the act of that name: both have looked."""
    with monkeypatch.context() as patch, meeting(patch, owner, name, of=2):
        patch.setattr(QuerySet, "select_for_update", lambda self, **how: self)
        yield
