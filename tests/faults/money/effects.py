"""Every effect of a piece of work, in order: each write, lock and commit in the database, each call to a gateway.

A process can be told to die right before or right after any one of them, so that no step has to be instrumented."""

import contextlib
import os
import re
import signal
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import httpx
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

_WRITES = re.compile(r"^\s*(INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
_LOCKS = re.compile(r"FROM \"(\w+)\".*FOR UPDATE", re.IGNORECASE | re.DOTALL)


class Effects:
    """Counts effects, and kills this process at one side of one of them."""

    def __init__(self, *, die_at: int | None = None, side: str = "before") -> None:
        self.names: list[str] = []
        self._die_at = die_at
        self._side = side

    @contextlib.contextmanager
    def watched(self) -> Iterator["Effects"]:
        """Watch what happens inside of the block."""
        commit, send = BaseDatabaseWrapper._commit, httpx.Client.send  # type: ignore[attr-defined]
        watch = self

        def watched_commit(wrapper: Any) -> None:
            watch._around("COMMIT", lambda: commit(wrapper))

        def watched_send(client: httpx.Client, request: httpx.Request, **how: Any) -> httpx.Response:
            name = f"{request.method} {request.url.path}"
            return watch._around(name, lambda: send(client, request, **how))  # type: ignore[no-any-return]

        with (
            mock.patch.object(BaseDatabaseWrapper, "_commit", watched_commit),
            mock.patch.object(httpx.Client, "send", watched_send),
            connection.execute_wrapper(self._statement),
        ):
            yield self

    def _statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        name = _name_of(sql)
        return (
            self._around(name, lambda: execute(sql, params, many, context))
            if name
            else execute(sql, params, many, context)
        )

    def _around(self, name: str, act: Callable[[], Any]) -> Any:
        mine = len(self.names)
        self.names.append(name)
        self._die(mine, "before")
        result = act()
        self._die(mine, "after")
        return result

    def _die(self, number: int, side: str) -> None:
        if number == self._die_at and side == self._side:
            os.kill(os.getpid(), signal.SIGKILL)


def _name_of(sql: str) -> str:
    wrote, locked = _WRITES.match(sql), _LOCKS.search(sql)
    if wrote:
        return f"{wrote[1].split()[0].upper()} {wrote[2]}"
    return f"LOCK {locked[1]}" if locked else ""
