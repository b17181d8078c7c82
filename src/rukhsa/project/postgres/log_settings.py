"""What PostgreSQL may write into its own log: no statement, since values stand in it, and no detail of an error."""

from collections.abc import Mapping, Set
from typing import Any, Final, Protocol

# Each setting of the server, and its values under which no answer or name of a person comes into the log (PostgreSQL,
# "Error Reporting and Logging"). The detail of a refused row has the row, that of a duplicate its key; a
# session that is ended is FATAL, and told with its statement.
SILENT: Final[Mapping[str, Set[str]]] = {
    "log_statement": frozenset({"none", "ddl"}),
    "log_min_error_statement": frozenset({"panic"}),
    "log_min_duration_statement": frozenset({"-1"}),
    "log_min_duration_sample": frozenset({"-1"}),
    "log_transaction_sample_rate": frozenset({"0"}),
    "log_error_verbosity": frozenset({"terse"}),
    "log_parameter_max_length_on_error": frozenset({"0"}),
}


class Cursor(Protocol):
    """A cursor of psycopg or Django."""

    def execute(self, query: Any, params: Any = None, /) -> Any: ...
    def fetchall(self) -> list[tuple[Any, ...]]: ...


def of_server(cursor: Cursor) -> dict[str, str]:
    """The settings of a server that decide what its log tells."""
    cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [[*SILENT]])
    return dict(cursor.fetchall())


def telling(settings: Mapping[str, str]) -> dict[str, str]:
    """Those of a server's settings by which its log could tell what people typed, as they are now."""
    return {
        name: settings[name]
        for name, values in SILENT.items()
        if name in settings and settings[name] not in values
    }
