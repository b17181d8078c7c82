"""`rukhsa migrate`: Django's command, after a check that the database can be migrated."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


class HalfMigrated(CommandError):
    """Only some of the migrations that one of this version replaces were applied."""

    code = "half-migrated"


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        _require_all_or_none(options["database"])
        super().handle(*args, **options)


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
