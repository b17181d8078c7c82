"""Migrations run while people work: one waits two seconds for a table at most, lets the others pass, and asks again."""

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.commands import migrate as djangos
from django.db import connection, migrations, transaction

from rukhsa.project.management.commands import migrate


class Quick(migrations.Migration):
    """One in a transaction, as most are."""


class Concurrent(migrations.Migration):
    """One that makes an index beside the work."""

    atomic = False


def limit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_only_what_is_made_concurrently_may_wait_for_a_lock_as_long_as_it_takes() -> None:
    command = migrate.Command()
    command._database, command.verbosity = "default", 0
    command.migration_progress_callback("apply_start", Quick("quick", "audit"))
    assert limit() == f"{migrate.SECONDS_TO_WAIT}s"
    command.migration_progress_callback("apply_start", Concurrent("concurrent", "audit"))
    assert limit() == "0"


@pytest.mark.django_db(transaction=True)
def test_a_table_that_is_held_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    holder, asked = connection.copy(), []

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
        assert asked == ["default", "default"]
        holder.rollback()
        call_command("migrate", verbosity=0)  # what is free is changed at once
        assert len(asked) == 3
    finally:
        holder.close()
        connection.close()  # with its limit
