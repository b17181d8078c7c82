"""Connections of the processes that people wait for: one that was cut is replaced, and no statement holds a thread."""

import pytest
from django.db import OperationalError, connection
from django.db.backends.postgresql.base import DatabaseWrapper

from rukhsa.project import settings_web
from rukhsa.project.config import config
from rukhsa.project.databases import LIMITS, database, limited

pytestmark = pytest.mark.django_db


def ask_after_a_cut(*, checks: bool) -> None:
    """Ask by a pool, have PostgreSQL end its connection, and ask again."""
    known = connection.settings_dict
    options = known["OPTIONS"] | {"pool": {"min_size": 1, "max_size": 1, "timeout": 30}}
    pooled = DatabaseWrapper(
        known | {"OPTIONS": options, "CONN_HEALTH_CHECKS": checks}, alias=f"cut-{checks}"
    )
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


def test_a_connection_that_was_cut_is_replaced_before_it_is_used() -> None:
    assert database(config())["CONN_HEALTH_CHECKS"]
    ask_after_a_cut(checks=True)
    with pytest.raises(OperationalError):  # the control
        ask_after_a_cut(checks=False)


def test_in_the_portal_a_statement_and_a_wait_for_a_lock_end() -> None:
    options = settings_web.DATABASES["default"]["OPTIONS"]
    assert options["options"] == LIMITS
    entry = limited(connection.settings_dict)
    portal = DatabaseWrapper(entry, alias="portal")
    try:
        with portal.cursor() as cursor:
            for name, wanted in (("statement_timeout", "30s"), ("lock_timeout", "10s")):
                cursor.execute(f"SHOW {name}")
                assert cursor.fetchone()[0] == wanted
            cursor.execute("SET statement_timeout = '50ms'")
            with pytest.raises(OperationalError, match="statement timeout"):
                cursor.execute("SELECT pg_sleep(30)")
    finally:
        portal.close()


def test_the_options_that_the_address_gives_stay() -> None:
    entry = limited({"OPTIONS": {"options": "-c search_path=x", "sslmode": "require"}})
    assert entry["OPTIONS"] == {"options": "-c search_path=x", "sslmode": "require"}
