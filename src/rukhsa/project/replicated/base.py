"""The connection by which Django asks PostgreSQL: a commit whose wait for the standby was cancelled is an error."""

from collections.abc import Callable
from typing import Any, Final

import psycopg
from django.db import OperationalError
from django.db.backends.postgresql import base
from psycopg.errors import Diagnostic
from psycopg_pool.base import AttemptWithBackoff

# The function of the server that waits for the standby; unlike its text, its name has no translation.
WAIT: Final = "SyncRepWaitForLSN"

# A pool whose connections are lost tries again each second. By itself it waits twice as long each time, and a process
# finds the next primary half a minute after that one serves.
AttemptWithBackoff.DELAY_BACKOFF = 1.0


class CommitInDoubt(OperationalError):
    """The commit is on this server and perhaps on no other: with this machine it could be lost.

    The caller must not be told that it is done; done again, it must end once.
    """

    code = "commit-in-doubt"


class DatabaseWrapper(base.DatabaseWrapper):
    """The connection of django.db.backends.postgresql, with this one check.

    While a commit waits for the standby, `pg_cancel_backend` makes it return as success, with a warning alone.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_in_doubt = False
        self.execute_wrappers.append(self._alone)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.add_notice_handler(self._hear)
        return connection

    def _close(self) -> None:
        # The pool gives the connection to another thread, whose own handler must be the only one.
        if self.connection is not None:
            self.connection.remove_notice_handler(self._hear)
        super()._close()  # type: ignore[misc]  # the stubs name no private method

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._require_confirmed()

    def _hear(self, notice: Diagnostic) -> None:
        if notice.source_function == WAIT:
            self._is_in_doubt = True

    def _alone(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """A statement outside a transaction is a commit of its own."""
        result = execute(sql, params, many, context)
        self._require_confirmed()
        return result

    def _require_confirmed(self) -> None:
        if self._is_in_doubt:
            self._is_in_doubt = False
            raise CommitInDoubt("no standby confirmed this commit: the wait for it was cancelled") from (
                psycopg.Warning(WAIT)
            )
