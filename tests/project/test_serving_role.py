"""The role of portal, verifier and worker: it does their work, and can change no table and no trigger."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, connections
from psycopg.errors import InsufficientPrivilege
from pytest_django import Settings

from rukhsa.figures import upkeep
from rukhsa.issuance import cycle
from rukhsa.project import serving_rights
from rukhsa.project.management.commands.setup import Command as Setup
from rukhsa.project.serving_rights import ROLE, TooManyRights
from rukhsa.project.system_checks import processes_change_no_table
from tests.rooms.issuance.conftest import NOW, Grant, granted, town

__all__ = ["granted", "town"]

pytestmark = pytest.mark.django_db(transaction=True)

TABLE = "payments_receipt"
CHANGES = (
    "CREATE TABLE of_mine (id int)",
    "CREATE OR REPLACE FUNCTION rukhsa_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    f"CREATE TRIGGER of_mine BEFORE UPDATE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION rukhsa_append_only()",
    f"ALTER TABLE {TABLE} DISABLE TRIGGER USER",
    f"ALTER TABLE {TABLE} DISABLE TRIGGER {TABLE}_append_only",
    f"DROP TRIGGER {TABLE}_append_only ON {TABLE}",
    f"ALTER TABLE {TABLE} ADD COLUMN more text",
    f"TRUNCATE {TABLE} CASCADE",
    f"DROP TABLE {TABLE} CASCADE",
    "DROP FUNCTION rukhsa_append_only() CASCADE",
    "CREATE SCHEMA of_mine",
    "DELETE FROM django_migrations",
    f"DELETE FROM {TABLE}",
)
# What not even the owner may: it takes a superuser, or membership in the other role.
FOR_SUPERUSERS = (
    "SET session_replication_role = replica",
    "SET ROLE rukhsa",
    f"ALTER TABLE {TABLE} OWNER TO {ROLE}",
)


@pytest.fixture
def serving(db: None) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """A connection under the role of the processes, as `rukhsa setup` leaves it."""
    assert serving_rights.grant()
    known = connection.get_connection_params()
    kept = {
        name: known[name] for name in ("host", "port", "dbname", "password", "requirepeer") if known.get(name)
    }
    with psycopg.connect(**kept, user=ROLE, autocommit=True) as found:
        yield found


def test_it_can_change_no_table_and_no_trigger(serving: "psycopg.Connection[tuple[object, ...]]") -> None:
    for change in CHANGES + FOR_SUPERUSERS:
        with pytest.raises(InsufficientPrivilege):
            serving.execute(change)


def test_the_owner_could(serving: object) -> None:
    """The control: what holds the role back is its rights, and not that the statement would fail anyway."""
    for change in CHANGES:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                cursor.execute(change)
            finally:
                cursor.execute("ROLLBACK")


def test_a_document_is_issued_under_it(
    serving: object, granted: Grant, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = granted()
    connection.close()
    with monkeypatch.context() as during:
        during.setitem(connections.settings["default"], "USER", ROLE)
        cycle.issue(application, at=NOW)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone()[0] == ROLE
        upkeep.rebuild(at=NOW)  # which counts tables again
        serving_rights.require_no_more()
        connection.close()  # the next one is the owner's again


def test_the_owner_is_refused_as_a_process() -> None:
    with pytest.raises(TooManyRights, match="the role of this process may change"):
        serving_rights.require_no_more()


def test_every_setup_grants_the_rights() -> None:
    assert ("serving_role", "grant") in Setup().steps().values()


def test_production_is_warned_where_there_is_no_such_role(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from rukhsa.project.config import Environment

    settings.CONFIG = replace(settings.CONFIG, environment=Environment.PRODUCTION)
    assert processes_change_no_table(databases=["default"]) == []
    monkeypatch.setattr(serving_rights, "ROLE", "rukhsa_of_nobody")
    assert [told.id for told in processes_change_no_table(databases=["default"])] == ["rukhsa.W003"]
