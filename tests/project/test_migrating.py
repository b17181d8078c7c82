"""Migrations run while people work: one waits a moment for a table, lets the others pass, and asks again."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.commands import migrate as djangos
from django.db import OperationalError, connection, migrations, models, transaction
from django.db.migrations.state import ProjectState
from psycopg.sql import SQL, Identifier

from rukhsa.project.management.commands import migrate
from tests.waiting import wait_until


class Quick(migrations.Migration):
    """One in a transaction, as most are."""


class Concurrent(migrations.Migration):
    """One that makes an index beside the work."""

    atomic = False


class Several(migrations.Migration):
    """One of several tables, with a reference."""

    operations = [
        migrations.AddField("preference", "count", models.IntegerField(null=True)),
        migrations.CreateModel("Made", [("by", models.ForeignKey("accounts.Person", models.PROTECT))]),
        migrations.AddField("made", "count", models.IntegerField(null=True)),
        migrations.AddConstraint("notice", models.CheckConstraint(condition=models.Q(pk=1), name="one")),
    ]


def limit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_only_what_is_made_concurrently_may_wait_for_a_lock_as_long_as_it_takes() -> None:
    command = migrate.Command()
    command._database, command.verbosity = "default", 0
    command.migration_progress_callback("apply_start", Quick("quick", "audit"))
    assert limit() == f"{migrate.MILLISECONDS_TO_WAIT}ms"
    command.migration_progress_callback("apply_start", Concurrent("concurrent", "audit"))
    assert limit() == "0"


@pytest.mark.django_db
def test_all_tables_are_asked_for_before_one_is_changed() -> None:
    command, several = migrate.Command(), Several("several", "delivery")
    command._database, command.verbosity = "default", 0
    command.migration_progress_callback("apply_start", several)
    assert [each.sql for each in several.operations[:-4]] == [
        'LOCK TABLE "delivery_notice", "delivery_preference" IN ACCESS EXCLUSIVE MODE',
        'LOCK TABLE "accounts_person" IN SHARE ROW EXCLUSIVE MODE',
    ]
    with connection.schema_editor() as editor:
        for each in several.operations[:-4]:
            each.database_forwards("delivery", editor, ProjectState(), ProjectState())


@pytest.mark.own_clock
@pytest.mark.django_db(transaction=True)
def test_a_table_that_is_held_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    holder, asked = connection.copy(), []
    before = limit()

    def change_a_table(self: migrate.Command, *args: Any, **options: Any) -> None:
        asked.append(options["database"])
        self.verbosity = 0
        self.migration_progress_callback("apply_start", Quick("quick", "delivery"))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE delivery_notice IN ACCESS EXCLUSIVE MODE")

    holder.set_autocommit(False)
    with holder.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM delivery_notice")  # as a dump does for as long as it lasts
    monkeypatch.setattr(djangos.Command, "handle", change_a_table)
    monkeypatch.setattr("time.sleep", lambda seconds: holder.rollback())
    try:
        call_command("migrate", verbosity=0)
        assert set(asked) == {"default"}
        tries = len(asked)
        assert tries >= 2  # more, where PostgreSQL looks after the table by itself meanwhile
        holder.rollback()
        call_command("migrate", verbosity=0)
        assert len(asked) > tries
        assert limit() == before  # the rest of `rukhsa setup` waits for the log as long as everyone
    finally:
        holder.close()
        connection.close()


@pytest.mark.own_clock
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("limit_in_use", "ended"), [(migrate.MILLISECONDS_TO_WAIT, "migration"), (0, "page")]
)
def test_of_a_page_and_a_migration_that_wait_for_each_other_the_migration_gives_up(
    limit_in_use: int, ended: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control, without a limit: PostgreSQL ends the page, which looks first since it waits the longer."""
    monkeypatch.setattr(migrate, "MILLISECONDS_TO_WAIT", limit_in_use)
    command, seen = migrate.Command(), []
    command._database, command.verbosity = "default", 0
    command.migration_progress_callback("apply_start", Quick("quick", "delivery"))

    def read(table: str) -> None:
        try:
            page.execute(SQL("SELECT count(*) FROM {}").format(Identifier(table)))
        except psycopg.OperationalError:
            seen.append("page")

    with ThreadPoolExecutor() as people, psycopg.connect(**connection.get_connection_params()) as page:
        read("delivery_notice")
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("LOCK TABLE delivery_preference IN ACCESS EXCLUSIVE MODE")
                other = people.submit(read, "delivery_preference")
                wait_until(lambda: _waits(page.info.backend_pid))
                cursor.execute("LOCK TABLE delivery_notice IN ACCESS EXCLUSIVE MODE")
        except OperationalError:
            seen.append("migration")
        other.result(timeout=60)
        page.rollback()
    connection.close()
    assert seen == [ended]


def _waits(process: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [process])
        return bool(cursor.fetchone()[0])
