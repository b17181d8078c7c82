"""A commit whose wait for the standby was cancelled is no success, though PostgreSQL calls it one."""

import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper as Djangos

from rukhsa.project import postgres
from rukhsa.project.config import config
from rukhsa.project.databases import database
from rukhsa.project.postgres.cluster import conninfo
from rukhsa.project.replicated.base import CommitInDoubt, DatabaseWrapper
from tests.waiting import wait_until

ALIAS = "doubt"
pytestmark = pytest.mark.xdist_group("embedded server")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[str]:
    """A server whose commits wait for a standby that is not there."""
    folder = tmp_path_factory.mktemp("replicated") / "postgres"
    held = postgres.hold(folder)
    ours, superusers = (
        conninfo(held.location, role=role, database="rukhsa") for role in ("rukhsa", "postgres")
    )
    with psycopg.connect(ours, autocommit=True) as asking:
        asking.execute("CREATE TABLE kept (number int)")
    with psycopg.connect(superusers, autocommit=True) as asking:
        asking.execute("ALTER SYSTEM SET synchronous_standby_names = 'absent'")
        asking.execute("SELECT pg_reload_conf()")
    with django_db_blocker.unblock():
        yield superusers
    held.release()
    postgres.remove(folder)


def committed(engine: type[Djangos], server: str, *, by_itself: bool) -> BaseException | None:
    """What a commit ends with whose wait is cancelled, by a connection of this engine."""
    entry = connection.settings_dict | {"NAME": "rukhsa", "USER": "rukhsa", "PASSWORD": "", "PORT": ""}
    entry |= {"HOST": psycopg.conninfo.conninfo_to_dict(server)["host"], "OPTIONS": {}}
    ended: list[BaseException | None] = []
    thread = threading.Thread(target=lambda: ended.append(_ending(engine(entry, ALIAS), by_itself=by_itself)))
    thread.start()
    wait_until(lambda: ended or _cancelled(server))
    thread.join()
    return ended[0]


def _ending(asking: Any, *, by_itself: bool) -> BaseException | None:
    connections[ALIAS] = asking
    try:
        with asking.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO on")  # the tests' own connections wait for nothing
        if not by_itself:
            asking.set_autocommit(False)
        with asking.cursor() as cursor:
            cursor.execute("INSERT INTO kept VALUES (1)")
        if not by_itself:
            asking.commit()
    except Exception as error:
        return error
    finally:
        asking.close()
        del connections[ALIAS]
    return None


def _cancelled(server: str) -> bool:
    with psycopg.connect(server, autocommit=True) as asking:
        waiting = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        return asking.execute(waiting).fetchone() == (True,)


@pytest.mark.parametrize("by_itself", [True, False])
def test_a_commit_that_no_standby_confirmed_is_in_doubt(server: str, by_itself: bool) -> None:
    assert isinstance(committed(DatabaseWrapper, server, by_itself=by_itself), CommitInDoubt)


@pytest.mark.parametrize("by_itself", [True, False])
def test_djangos_own_engine_calls_it_done(server: str, by_itself: bool) -> None:
    assert committed(Djangos, server, by_itself=by_itself) is None


def test_the_product_asks_by_the_engine_that_doubts() -> None:
    assert database(config())["ENGINE"] == DatabaseWrapper.__module__.rpartition(".")[0]
