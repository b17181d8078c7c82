"""`rukhsa migrate`: Django's command, after a check that the database can be migrated, while people work with it."""

import time
from typing import Any, Final

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.migrations import Migration, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from psycopg.errors import DeadlockDetected, LockNotAvailable


class HalfMigrated(CommandError):
    """Only some of the migrations that one of this version replaces were applied."""

    code = "half-migrated"


# While a migration waits for a table that a long transaction holds, everything else that asks for it waits behind the
# migration. So it gives up soon, lets the others pass, and asks again. It asks for all its tables before it changes
# one: were it to wait for a second one while a page waits for the first, PostgreSQL would end one of the two after
# `deadlock_timeout` (1 s), which is mostly the page.
MILLISECONDS_TO_WAIT: Final = 200
PAUSE: Final = 1.0
TRIES: Final = 300


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; a table that is held is asked for again, so that no page waits long or is ended for it."""
        _require_all_or_none(options["database"])
        self._database = options["database"]
        for left in reversed(range(TRIES)):
            try:
                super().handle(*args, **options)
            except OperationalError as error:
                if not left or not isinstance(error.__cause__, LockNotAvailable | DeadlockDetected):
                    raise
            else:
                with connections[self._database].cursor() as cursor:
                    cursor.execute("RESET lock_timeout")
                return
            if options["verbosity"]:
                self.stdout.write("A table is in use; asking for it again.")
            time.sleep(PAUSE)

    def migration_progress_callback(
        self, action: str, migration: Migration | None = None, fake: bool = False
    ) -> None:
        """Before each migration, say how long it may wait for a lock, and have it lock all its tables first.

        What is made concurrently blocks no one.
        """
        if action == "apply_start" and migration is not None:
            limit = MILLISECONDS_TO_WAIT if migration.atomic else 0
            with connections[self._database].cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{limit}ms"])
                if migration.atomic:
                    assert isinstance(migration.operations, list)  # its own, as Django makes it
                    migration.operations[:0] = _locks(migration, cursor)
        super().migration_progress_callback(action, migration, fake)


def _locks(migration: Migration, cursor: Any) -> list[RunSQL]:
    """The locks that the operations of a migration take on tables that are there, before all of them.

    A foreign key takes one on the table that it names, behind which rows are read and none is written.
    """
    altered, named = set(), set()
    for each in migration.operations:
        if model := getattr(each, "model_name_lower", ""):
            altered.add(f"{migration.app_label}_{model}")
        fields = [getattr(each, "field", None), *(field for _, field in getattr(each, "fields", ()))]
        for field in fields:
            if related := getattr(getattr(field, "remote_field", None), "model", None):
                label = related if isinstance(related, str) else related._meta.label_lower
                named.add(label.lower().replace(".", "_"))
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    there = {name for (name,) in cursor.fetchall()}
    modes = {"ACCESS EXCLUSIVE": altered & there, "SHARE ROW EXCLUSIVE": (named - altered) & there}
    quoted = {mode: ", ".join(f'"{table}"' for table in sorted(tables)) for mode, tables in modes.items()}
    return [RunSQL(f"LOCK TABLE {tables} IN {mode} MODE") for mode, tables in quoted.items() if tables]


def _require_all_or_none(database: str) -> None:
    """Raise HalfMigrated for a database that has only some of the migrations before docs/decisions/0047.

    Django would create its tables a second time, or complain about missing nodes.
    """
    applied = set(MigrationRecorder(connections[database]).applied_migrations())
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    for key, migration in loader.disk_migrations.items():
        needed = [key, *((room, name) for room, name in migration.replaces)]
        missing = [each for each in needed if each not in applied]
        if migration.replaces and 0 < len(missing) < len(needed):
            raise HalfMigrated(_what_to_do(missing))


def _what_to_do(missing: list[tuple[str, str]]) -> str:
    room = missing[0][0]
    names = ", ".join(name for _, name in missing)
    return (
        f"Nothing was changed. This database was left half way: of the migrations of {room}, which this version"
        f" has as one, {names} never came. If there is something in it, run `rukhsa setup` once with the last"
        " version that still has them (the commit before docs/decisions/0047), and then with this one. If there"
        " is nothing in it, begin with an empty one; the embedded one is var/postgres."
    )
