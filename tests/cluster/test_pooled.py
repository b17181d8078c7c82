"""A web process behind PgBouncer, which gives each of its transactions any connection that is free."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections, models, transaction
from django.test.utils import isolate_apps

from rukhsa.project import users
from rukhsa.project.config import config
from rukhsa.project.databases import limited
from rukhsa.project.ports import held_ports
from rukhsa.project.postgres.location import ROLE_OF_SERVING
from rukhsa.project.replicated.base import DatabaseWrapper
from rukhsa_rehearsal.cluster import primary, programs
from tests.opinions import AS_ROOT, program, two_users
from tests.waiting import LONGEST

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
            primary.wait_for(lambda: connects(entry), seconds=LONGEST, told="PgBouncer")
            yield entry
        finally:
            process.kill()
            process.wait()


def connects(entry: dict[str, Any]) -> bool:
    """Whether PgBouncer lets us in by now."""
    named = {name: entry[name.upper()] for name in ("host", "port", "user")}
    try:
        psycopg.connect(**named, dbname=entry["NAME"]).close()
    except psycopg.OperationalError:
        return False
    return True


def types() -> models.QuerySet[Any]:
    """The types of the database: a table that every role may read."""
    with isolate_apps("rukhsa.places"):

        class Type(models.Model):
            oid = models.IntegerField(primary_key=True)

            class Meta:
                app_label, db_table, managed = "places", "pg_type", False

    return Type._default_manager.all()


def read_while_another_works(entry: dict[str, Any]) -> int:
    """Read in pieces, as `.iterator()` does, while another client holds the connection on which it began."""
    for alias in ("reads", "works"):
        connections[alias] = DatabaseWrapper(entry, alias=alias)
    try:
        rows = types().using("reads").iterator(chunk_size=2)
        first = next(rows)
        with transaction.atomic("works"), connections["works"].cursor() as other:
            other.execute("SELECT 1")
            return len([first, *rows])
    finally:
        for alias in ("reads", "works"):
            connections[alias].close()
            del connections[alias]


def test_a_long_reading_goes_on_though_each_statement_gets_another_connection(pooled: dict[str, Any]) -> None:
    assert read_while_another_works(pooled) == types().count()
    with pytest.raises(psycopg.errors.InvalidCursorName):  # the control
        read_while_another_works(pooled | {"DISABLE_SERVER_SIDE_CURSORS": False})
