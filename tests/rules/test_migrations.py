"""The models and the migrations tell the same story, and a database that cannot follow it is told so."""

import pytest
from django.core.management import call_command
from django.db.migrations.recorder import MigrationRecorder

from rukhsa.project.management.commands.migrate import HalfMigrated


@pytest.mark.django_db
def test_no_model_waits_for_a_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.django_db
def test_a_database_that_was_left_half_way_is_told_what_to_do_and_not_touched() -> None:
    applied = MigrationRecorder.Migration.objects
    call_command("migrate", "--check", verbosity=0)  # whole: nothing is left to do

    applied.filter(app="payments", name="0012_forfeitures").delete()
    with pytest.raises(
        HalfMigrated, match="of payments, which this version has as one, 0012_forfeitures never"
    ):
        call_command("migrate", verbosity=0)

    applied.filter(app="payments").exclude(name="0001_initial").delete()
    with pytest.raises(HalfMigrated, match="0002_facts_are_written_once, 0003_"):
        call_command("migrate", verbosity=0)
