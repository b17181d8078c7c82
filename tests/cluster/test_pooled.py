"""A web process behind PgBouncer, which gives each transaction of it whichever connection is free."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper

from rukhsa.project.databases import limited
from rukhsa.project.ports import held_ports
from rukhsa_rehearsal.cluster import primary, programs
from tests.opinions import AS_ROOT, program

pytestmark = pytest.mark.django_db(transaction=True)
SETTINGS = """
[databases]
* = host={host} port={port} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listens}
unix_socket_dir =
auth_type = any
pool_mode = transaction
ignore_startup_parameters = options
"""


@pytest.fixture
def pooled() -> Iterator[dict[str, Any]]:
    """The settings of a web process that comes to the database of the tests through PgBouncer."""
    bouncer, known = program("pgbouncer", package=programs.OF_DEBIAN["pgbouncer"]), connection.settings_dict
    owner = Path(known["HOST"]).stat().st_uid
    with held_ports(1) as (port,), tempfile.NamedTemporaryFile("w", suffix=".ini") as settings:
        settings.write(
            SETTINGS.format(host=known["HOST"], port=known["PORT"] or 5432, user=known["USER"], listens=port)
        )
        settings.flush()
        Path(settings.name).chmod(0o644)
        process = subprocess.Popen([bouncer, "-q", settings.name], user=owner if AS_ROOT else None)
        entry = limited(known) | {"HOST": "127.0.0.1", "PORT": port}
        try:
            primary.wait_for(lambda: connects(entry))
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
    """Read a table piece by piece, while another client holds the connection on which the reading began."""
    for alias in ("reads", "works"):
        connections[alias] = DatabaseWrapper(entry, alias=alias)
    try:
        rows = ContentType.objects.using("reads").order_by("pk").iterator(chunk_size=2)
        next(rows)
        with transaction.atomic("works"), connections["works"].cursor() as cursor:
            cursor.execute("SELECT 1")
            return 1 + sum(1 for _ in rows)
    finally:
        for alias in ("reads", "works"):
            connections[alias].close()
            del connections[alias]


def test_a_long_reading_goes_on_though_each_statement_gets_another_connection(pooled: dict[str, Any]) -> None:
    assert read_while_another_works(pooled) == ContentType.objects.count()
    with pytest.raises(DatabaseError, match="does not exist"):  # the control
        read_while_another_works(pooled | {"DISABLE_SERVER_SIDE_CURSORS": False})
