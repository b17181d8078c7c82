"""Django's settings of the database: the server that DATABASE_URL names, or the embedded one."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from rukhsa.project import postgres
from rukhsa.project.config import Config, ConfigError, Environment

# libpq's names of parameters, and Django's.
NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
POOL = {"min_size": 1, "max_size": 8, "timeout": 10}
SECONDS_TO_ANSWER = 10
# A machine that is cut off or frozen takes a connection and never answers: by itself the driver waits 130 s for one,
# and the kernel a quarter of an hour for an answer. Seconds, except the last: milliseconds.
GIVES_UP = {
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
LIMITS = "-c statement_timeout=30s -c lock_timeout=10s"


@contextmanager
def at_hand(config: Config) -> Iterator[None]:
    """Make sure that the server of a deployment answers within the block, and hold the embedded one.

    Raises PostgresError, LocationError or ConfigError if there is no server.
    """
    if config.database_url:
        _require_answer(config.database_url)
        yield
        return
    held = postgres.hold(config.data / "postgres")
    try:
        yield
    finally:
        held.release()


def database(config: Config) -> dict[str, Any]:
    """Django's entry for the one database of a deployment."""
    named = _external(config.database_url) if config.database_url else _embedded(config)
    # A pool has threads of its own; tests count and close their connections themselves.
    pool = {} if config.environment is Environment.TEST else {"pool": POOL}
    return {
        "ENGINE": "rukhsa.project.replicated",
        "ATOMIC_REQUESTS": False,
        # A connection that was cut is replaced before it is used, and no page fails for it.
        "CONN_HEALTH_CHECKS": True,
        **named,
        "OPTIONS": GIVES_UP | named["OPTIONS"] | pool,
    }


def limited(database: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The entry for a process that people wait for: no statement and no lock may hold one of its threads for long.

    A pooler that takes no `options` (PgBouncer) needs the same on the role: docs/operating/production.md. A pool that
    is shared by transaction gives the next statement another connection, which knows no cursor of this one: so none is
    left on the server, and what is long is read in pieces of its own.
    """
    options = database["OPTIONS"]
    return {
        **database,
        "OPTIONS": {"options": LIMITS} | options | more,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


def address_of(config: Config, role: str) -> str:
    """The address of the embedded server for processes of any system user that connect under a role."""
    location = postgres.locate(config.data / "postgres")
    named = {"host": str(location.socket), "user": role, "requirepeer": location.account}
    return f"postgresql:///{postgres.DATABASE}?{urlencode(named)}"


def _require_answer(url: str) -> None:
    _external(url)
    try:
        psycopg.connect(url, connect_timeout=SECONDS_TO_ANSWER).close()
    except psycopg.Error as error:
        raise postgres.PostgresError(
            f"Nothing was started: the server that DATABASE_URL names does not let us in.\n{error}"
        ) from error


def _external(url: str) -> dict[str, Any]:
    if not url.startswith(("postgresql://", "postgres://")):
        raise ConfigError("DATABASE_URL must begin with postgresql://; Rukhsa knows no other database.")
    parts = conninfo_to_dict(url)
    if place := parts.get("passfile"):
        _require_private(Path(str(place)))
    named = {NAMES[name]: parts.pop(name) for name in list(parts) if name in NAMES}
    return {**named, "OPTIONS": dict(parts)}


def _require_private(file: Path) -> None:
    """The file from which libpq reads the password at each new connection; it passes over one that others can read."""
    try:
        mode = file.stat().st_mode
    except OSError as error:
        raise ConfigError(f"passfile in DATABASE_URL cannot be read: {type(error).__name__}") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(f"passfile in DATABASE_URL can be read by others: chmod 0400 {file}")


def _embedded(config: Config) -> dict[str, Any]:
    location = postgres.locate(config.data / "postgres")
    return {
        "NAME": postgres.DATABASE,
        "USER": postgres.ROLE,
        "HOST": str(location.socket),
        "OPTIONS": {"requirepeer": location.account},
    }
