"""The database of the tests: a copy of a migrated one, emptied table by table after what was committed."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.migrations.executor import MigrationExecutor
from django.test import TransactionTestCase
from psycopg.errors import ObjectInUse
from pytest_django import DjangoDbBlocker

from rukhsa import tables
from rukhsa.audit import append_only
from rukhsa.project.config import PROJECT
from rukhsa.project.config import config as configuration
from rukhsa.project.databases import NAMES
from rukhsa.project.postgres import locate
from rukhsa.project.postgres.cluster import SUPERUSER, conninfo

MIGRATED = "rukhsa_migrated_"
LOCK = 0x74657374  # "test": one process makes the database that all copy
TRIES_TO_DROP = 12  # of 5 s each


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Have the test database copied: to migrate an empty one takes each worker as long as a hundred tests."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated()
    connection_created.connect(_not_waiting_for_the_disk)
    # Django's own way truncates every table and fills two of them again, for a third of a second after each test.
    TransactionTestCase._fixture_teardown = lambda self: empty()  # type: ignore[attr-defined]


def migrated() -> str:
    """The name of an empty database with every migration, made where there is none for the migrations of today."""
    name = MIGRATED + _digest()
    with on_server() as server:
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        _allow_untriggered(server)
        server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [MIGRATED])
        there = {found for (found,) in server.fetchall()}
        for old in there - {name}:
            drop(server, old)
        if name not in there:
            server.execute(f'CREATE DATABASE "{MIGRATED}new"')
            _migrate(f"{MIGRATED}new")
            _store_definitions_plainly(f"{MIGRATED}new")
            server.execute(f'ALTER DATABASE "{MIGRATED}new" RENAME TO "{name}"')
    return name


@pytest.fixture
def migrated_again(transactional_db: None) -> Iterator[None]:
    """A database of the test's own with every migration, to be taken back and made again.

    Each worker's own keeps its tables, however far back such a test ended.
    """
    given = _sequences()
    with _own_database("migrated", migrated()):
        _go_on_from(given)
        yield
        given = _sequences()
    # No number is given twice: the sandbox of these tests knows those of earlier ones.
    _go_on_from(given)


@pytest.fixture
def unmigrated(transactional_db: None) -> Iterator[None]:
    """A database of the test's own without a table, in which migrations begin with the first.

    To take a migration back in a full one takes back all that rests on it, for half a minute.
    """
    with _own_database("unmigrated", "template1"):
        yield


@pytest.fixture
def untouched(transactional_db: None) -> Iterator[None]:
    """A database of the test's own that no test wrote to.

    A table that others filled and emptied keeps its pages, and PostgreSQL plans by them.
    """
    with _own_database("untouched", migrated()):
        yield


@contextmanager
def _own_database(name: str, template: str) -> Iterator[None]:
    ours = connection.settings_dict["NAME"]
    own = f"{ours}_{name}"
    connection.close()
    with on_server() as server:
        drop(server, own)
        server.execute(f'CREATE DATABASE "{own}" TEMPLATE "{template}"')
    connection.settings_dict["NAME"] = own
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = ours
        with on_server() as server:
            drop(server, own)


@contextmanager
def on_server() -> Iterator[Any]:
    """A cursor of the server's own database, which waits for a checkpoint as long as the disk needs for it."""
    with connection._nodb_cursor() as server:
        server.execute("SET statement_timeout TO 0")
        server.execute("SET lock_timeout TO 0")
        yield server


def drop(server: Any, name: str) -> None:
    """Drop a database and end our connections to it.

    PostgreSQL itself stops a vacuum under way there, but refuses to where it is told to end the connections
    (WITH FORCE) by a role that may not end the vacuum's own. It gives up where one needs more than 5 s to end.
    """
    for last in (False,) * TRIES_TO_DROP + (True,):
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
            [name],
        )
        try:
            server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        except OperationalError as error:
            if last or not isinstance(error.__cause__, ObjectInUse):
                raise
        else:
            return


def _sequences() -> list[tuple[str, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname, sequencename, last_value FROM pg_sequences WHERE last_value > 0")
        return list(cursor.fetchall())


def _go_on_from(given: list[tuple[str, str, int]]) -> None:
    with connection.cursor() as cursor:
        for schema, sequence, last in given:
            cursor.execute("SELECT setval(to_regclass(%s), %s)", [f'"{schema}"."{sequence}"', last])


def migrate_to(app: str, name: str) -> Any:
    """Migrate a room forwards or back, and return the models as they are then."""
    return MigrationExecutor(connection).migrate([(app, name)]).apps


def drafted_in(models: Any, at: datetime) -> Any:
    """A draft in the models of a migration."""
    person = models.get_model("accounts", "Person").objects.create(email="l@people.example", kind="citizen")
    version = models.get_model("catalogue", "ServiceVersion").objects.create(
        service="a", number=1, meaning={}, digest="0" * 64, published_at=at
    )
    return models.get_model("applications", "Application").objects.create(
        applicant=person, service_version=version, created_at=at, saved_at=at
    )


def copied(name: str) -> str:
    """The address of a new database of this name for processes of their own: a copy of the migrated one."""
    template, reached = migrated(), connection.settings_dict
    with on_server() as server:
        drop(server, name)
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    given = {libpq: reached[django] for libpq, django in NAMES.items() if libpq != "dbname"}
    options = {**given, **reached["OPTIONS"]}
    return f"postgresql:///{name}?{urlencode({key: each for key, each in options.items() if each})}"


@transaction.atomic
def empty() -> None:
    """Delete all that was committed, from the tables that have rows, and the jobs."""
    full = filled_tables()
    with connection.cursor() as cursor:
        if full:
            deleted = ", ".join(f"_{table} AS (DELETE FROM {table})" for table in full)
            with untriggered(cursor):  # which no role of the product may: facts refuse to be deleted
                cursor.execute(f"WITH {deleted} SELECT")
        # The jobs are no model that Django manages; what is kept of each goes with it, by a trigger.
        cursor.execute("DELETE FROM procrastinate_jobs")


@contextmanager
def untriggered(cursor: Any) -> Iterator[None]:
    """No trigger works and no reference is followed in this block of a transaction: for rows that held together when
    they were made, put there or deleted all at once. To follow each reference again takes longer than to copy the rows.
    """
    cursor.execute("SET LOCAL session_replication_role TO replica")
    yield
    cursor.execute("SET LOCAL session_replication_role TO origin")


def filled_tables() -> list[str]:
    """The tables that have rows."""
    asked = (f"SELECT '{each}' WHERE EXISTS (SELECT FROM {each})" for each in _tables())
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [table for (table,) in cursor.fetchall()]


def waiting_for_a_lock() -> int:
    """How many connections to the database of the test wait for another one to end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees what it saw first
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def _not_waiting_for_the_disk(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """What the tests commit need not outlive the machine; to wait for the disk takes some milliseconds each time."""
    connection.connection.execute("SET synchronous_commit TO off")


@cache
def _tables() -> list[str]:
    """Those of our models, without what migrating has put there for all."""
    for_all = {"django_content_type", "auth_permission"}
    return [
        each
        for each in connection.introspection.django_table_names(only_existing=True)
        if each not in for_all
    ]


def _allow_untriggered(server: Any) -> None:
    """Let the role of the tests put back rows without their triggers, on this server of the tests alone."""
    server.execute("SELECT has_parameter_privilege('session_replication_role', 'SET'), current_user")
    is_allowed, role = server.fetchone()
    if is_allowed:
        return
    allow = f'GRANT SET ON PARAMETER session_replication_role TO "{role}"'
    if configuration().database_url:
        pytest.exit(f"Let the role of DATABASE_URL put back rows: {allow}", returncode=4)
    by_superuser = conninfo(locate(configuration().data / "postgres"), role=SUPERUSER, database="postgres")
    with psycopg.connect(by_superuser) as granting:
        granting.execute(allow)


def _migrate(database: str) -> None:
    with _in(database):
        call_command("migrate", verbosity=0, interactive=False)


def _store_definitions_plainly(database: str) -> None:
    """Every test of a town writes fifty definitions, and half of what that takes is to compress them."""
    changes = ", ".join(f"ALTER {column} SET STORAGE EXTERNAL" for column in ("meaning", "source_text"))
    with _in(database), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE catalogue_serviceversion {changes}")


@contextmanager
def _in(database: str) -> Iterator[None]:
    ours, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = ours


def _digest() -> str:
    """Of all that a migrated database comes from: the migrations, the packages that bring some, and this file."""
    folders = (Path(app.path) / "migrations" for app in apps.get_app_configs())
    files = [file for folder in folders for file in sorted(folder.glob("*.py"))]
    steps = [Path(append_only.__file__), Path(tables.__file__), Path(__file__)]
    read = [*steps, PROJECT / "requirements.lock", *files]
    return hashlib.sha256(b"".join(file.read_bytes() for file in read)).hexdigest()[:16]
