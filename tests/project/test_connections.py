"""Connections of the processes that people wait for: one that was cut is replaced, and no statement holds a thread."""

from io import StringIO
from socket import create_server
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError, connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg_pool.base import AttemptWithBackoff

from rukhsa.project import settings_web
from rukhsa.project.config import config
from rukhsa.project.databases import GIVES_UP, LIMITS, database, limited
from rukhsa.project.management.commands.setup import Command
from tests.together import at_once
from tests.waiting import LONGEST

pytestmark = pytest.mark.django_db


def ask_after_a_cut(*, checks: bool) -> None:
    """Ask by a pool, have PostgreSQL end its connection, and ask again."""
    known = connection.settings_dict
    options = known["OPTIONS"] | {"pool": {"min_size": 1, "max_size": 1, "timeout": 30}}
    pooled = named(known | {"OPTIONS": options, "CONN_HEALTH_CHECKS": checks}, f"cut-{checks}")
    try:
        with pooled.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (backend,) = cursor.fetchone()
        pooled.close()  # back to the pool, as after a request
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 30000)", [backend])
        with pooled.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        pooled.close()
        pooled.close_pool()
        del connections[pooled.alias]


def named(entry: dict[str, Any], alias: str) -> DatabaseWrapper:
    """A connection by these settings, to be found by its name."""
    connections[alias] = wrapper = DatabaseWrapper(entry, alias=alias)
    return wrapper


def test_a_connection_that_was_cut_is_replaced_before_it_is_used() -> None:
    assert database(config())["CONN_HEALTH_CHECKS"]
    ask_after_a_cut(checks=True)
    with pytest.raises(OperationalError):  # the control
        ask_after_a_cut(checks=False)


def test_in_the_portal_a_statement_and_a_wait_for_a_lock_end() -> None:
    options = settings_web.DATABASES["default"]["OPTIONS"]
    assert options["options"] == LIMITS
    entry = limited(connection.settings_dict)
    portal = named(entry, "portal")
    try:
        with portal.cursor() as cursor:
            for name, wanted in (("statement_timeout", "30s"), ("lock_timeout", "10s")):
                cursor.execute(f"SHOW {name}")
                assert cursor.fetchone()[0] == wanted
            cursor.execute("SET statement_timeout = '50ms'")
            with pytest.raises(OperationalError, match="statement timeout"):
                cursor.execute("SELECT count(*) FROM generate_series(1, 1000000000)")
    finally:
        portal.close()
        del connections[portal.alias]


def test_a_server_that_takes_a_connection_and_never_answers_is_soon_given_up() -> None:
    """By itself the driver waits 130 s: a worker's pool then found no primary for two minutes after a failover."""
    assert database(config())["OPTIONS"] | GIVES_UP == database(config())["OPTIONS"]
    with create_server(("127.0.0.1", 0)) as silent:
        address = {"HOST": "127.0.0.1", "PORT": silent.getsockname()[1], "OPTIONS": GIVES_UP}
        away = named(connection.settings_dict | address, "silent")
        try:
            with pytest.raises(OperationalError, match="timeout"):
                away.ensure_connection()
        finally:
            del connections[away.alias]


def test_a_pool_that_lost_its_connections_tries_again_each_second() -> None:
    attempt = AttemptWithBackoff(timeout=300)
    waits = []
    for now in range(10):
        attempt.update_delay(now)
        waits.append(attempt.delay)
    assert max(waits) < 2  # by itself it waits twice as long each time, ten minutes at the tenth


def test_the_options_that_the_address_gives_stay() -> None:
    entry = limited({"OPTIONS": {"options": "-c search_path=x", "sslmode": "require"}})
    assert entry["OPTIONS"] == {"options": "-c search_path=x", "sslmode": "require"}


def test_two_setups_of_one_database_follow_one_another() -> None:
    order: list[str] = []
    first_is_in, second_waits = Event(), Event()

    def first() -> None:
        with Command(stdout=StringIO())._alone():
            first_is_in.set()
            assert second_waits.wait(LONGEST)
            order.append("first")
        connection.close()

    def second() -> None:
        assert first_is_in.wait(LONGEST)
        told = Telling(second_waits)
        with Command(stdout=told)._alone():
            order.append("second")
        assert "Waiting for another `rukhsa setup`" in told.getvalue()
        connection.close()

    at_once([first, second])
    assert order == ["first", "second"]


class Telling(StringIO):
    """What a command prints; the event is set when it prints something."""

    def __init__(self, event: Event) -> None:
        super().__init__()
        self.event = event

    def write(self, text: str) -> int:
        self.event.set()
        return super().write(text)
