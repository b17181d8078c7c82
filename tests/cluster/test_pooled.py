"""A web process behind PgBouncer, which gives each of its transactions any connection that is free."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from rukhsa.project import users
from rukhsa.project.config import config
from rukhsa.project.databases import limited
from rukhsa.project.ports import held_ports
from rukhsa.project.postgres.location import ROLE_OF_SERVING
from rukhsa.project.replicated.base import DatabaseWrapper
from rukhsa_rehearsal.cluster import primary, programs
from tests.opinions import AS_ROOT, program, two_users

pytestmark = pytest.mark.django_db
SETTINGS = """
[databases]
* = host={host} port={port} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listens}
unix_socket_dir =
so_reuseport = 1
auth_type = any
pool_mode = transaction
ignore_startup_parameters = options
"""
ROWS = 1000


@pytest.fixture
def pooled() -> Iterator[dict[str, Any]]:
    """The settings of a web process that comes to the database of the tests through PgBouncer."""
    bouncer, known = program("pgbouncer", package=programs.OF_DEBIAN["pgbouncer"]), connection.settings_dict
    # PgBouncer refuses to run as root; the embedded server knows this account of the processes.
    if AS_ROOT:
        two_users()
    account = users.account(config().signing.workers_user).user if AS_ROOT else None
    with held_ports(1) as (port,), tempfile.NamedTemporaryFile("w", suffix=".ini") as settings:
        at = {"host": known["HOST"], "port": known["PORT"] or 5432, "user": ROLE_OF_SERVING}
        settings.write(SETTINGS.format(listens=port, **at))
        settings.flush()
        Path(settings.name).chmod(0o644)
        process = subprocess.Popen([bouncer, "-q", settings.name], user=account)
        options = {name: value for name, value in known["OPTIONS"].items() if name != "requirepeer"}
        entry = limited(known | {"HOST": "127.0.0.1", "PORT": port, "OPTIONS": options})
        try:
            primary.wait_for(lambda: connects(entry), seconds=20, told="PgBouncer")
            yield entry
        finally:
            process.kill()
            process.wait()


def connects(entry: dict[str, Any]) -> bool:
    wrapper = DatabaseWrapper(entry, alias="tried")
    try:
        wrapper.ensure_connection()
    except DatabaseError:
        return False
    wrapper.close()
    return True


def read_while_another_works(entry: dict[str, Any]) -> int:
    """Read in pieces, as `.iterator()` does, while another client holds the connection on which it began."""
    for alias in ("reads", "works"):
        connections[alias] = DatabaseWrapper(entry, alias=alias)
    try:
        with connections["reads"].chunked_cursor() as cursor:
            cursor.execute("SELECT generate_series(1, %s)", [ROWS])
            first = cursor.fetchmany(2)
            with transaction.atomic("works"), connections["works"].cursor() as other:
                other.execute("SELECT 1")
                return len(first) + len(cursor.fetchall())
    finally:
        for alias in ("reads", "works"):
            connections[alias].close()
            del connections[alias]


def test_a_long_reading_goes_on_though_each_statement_gets_another_connection(pooled: dict[str, Any]) -> None:
    assert read_while_another_works(pooled) == ROWS
    with pytest.raises(DatabaseError, match="does not exist"):  # the control
        read_while_another_works(pooled | {"DISABLE_SERVER_SIDE_CURSORS": False})
