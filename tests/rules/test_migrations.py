"""The models and the migrations tell the same story, the version before can work with each, and a database that cannot
follow is told so."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from rukhsa.project.management.commands.migrate import HalfMigrated

# What is taken away in one version while the version before still serves. A column or a table goes from the state alone
# (`SeparateDatabaseAndState`), and from the database in the version after; a column that is added may be null or has a
# `db_default`, since the version before writes rows without it.
TAKES_AWAY = (
    migrations.RemoveField,
    migrations.DeleteModel,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
)
# Older than this rule, and than the first release.
OLDER = {
    ("accounts", "0002_gcc_and_government"),
    ("applications", "0002_files_as_officers_see_them"),
    ("applications", "0004_pages_of_a_draft"),
    ("catalogue", "0002_approved_by_two"),
    ("catalogue", "0005_reason_of_a_proposal"),
    ("consents", "0002_deeds"),
    ("issuance", "0002_registers_in_versions"),
    ("issuance", "0004_one_table_of_stalls"),
    ("payments", "0003_postings_name_their_fact"),
    ("review", "0002_approved_by_two"),
    ("review", "0004_coded_reasons"),
    ("review", "0006_offices_and_mandates"),
    ("review", "0007_queue_orders"),
    ("review", "0010_silence"),
    ("review", "0015_lateness"),
    ("staff", "0004_letters_about"),
    ("staff", "0005_letters_with_calendars"),
}


def refused_by_the_version_before(
    room: str, operations: list[Operation], state: ProjectState
) -> Iterator[str]:
    """What in a migration the version before it cannot work with; `state` is that before the migration."""
    made = {each.name_lower for each in operations if isinstance(each, migrations.CreateModel)}
    for each in operations:
        if isinstance(each, TAKES_AWAY):
            yield each.describe()
        elif isinstance(each, migrations.AddField) and each.model_name_lower not in made:
            if not (each.field.null or each.field.many_to_many or each.field.has_db_default()):
                yield each.describe()
        elif isinstance(each, migrations.AlterField) and each.model_name_lower not in made:
            before = state.models[room, each.model_name_lower].fields.get(each.name)
            if before is not None and before.null and not each.field.null:
                yield each.describe()


def test_the_version_before_works_on_the_tables_of_this_one() -> None:
    loader = MigrationLoader(None)
    rooms = {each.label for each in apps.get_app_configs() if each.name.startswith("rukhsa.")}
    refused = {
        key: told
        for key, migration in loader.disk_migrations.items()
        if key[0] in rooms
        and (
            told := list(
                refused_by_the_version_before(
                    key[0], migration.operations, loader.project_state(key, at_end=False)
                )
            )
        )
    }
    assert {key: told for key, told in refused.items() if key not in OLDER} == {}
    assert refused.keys() >= OLDER


@pytest.mark.parametrize(
    ("operation", "is_refused"),
    [
        (migrations.RemoveField("preference", "sms"), True),
        (migrations.DeleteModel("Notice"), True),
        (migrations.RenameField("notice", "text_ar", "ar"), True),
        (migrations.AddField("notice", "count", models.IntegerField(default=0)), True),
        (migrations.AlterField("notice", "sent_at", models.DateTimeField()), True),
        (migrations.AddField("notice", "count", models.IntegerField(db_default=0)), False),
        (migrations.AddField("notice", "count", models.IntegerField(null=True)), False),
        (
            migrations.SeparateDatabaseAndState(
                state_operations=[migrations.RemoveField("preference", "sms")]
            ),
            False,
        ),
    ],
)
def test_what_the_version_before_cannot_work_with_is_seen(operation: Operation, is_refused: bool) -> None:
    state = MigrationLoader(None).project_state()
    assert bool(list(refused_by_the_version_before("delivery", [operation], state))) is is_refused


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
