"""The journal, written once."""

from django.db import migrations, models

from rukhsa.audit.append_only import append_only
from rukhsa.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("audit", "0002_facts_are_written_once"),
    ]

    dependencies = []

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="JournalEntry",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("at", models.DateTimeField(db_index=True)),
                    ("actor", models.UUIDField(db_index=True, null=True)),
                    ("act", models.CharField(max_length=60)),
                    ("subject_kind", models.CharField(max_length=40)),
                    ("subject", models.CharField(max_length=64)),
                    ("detail", models.JSONField(default=dict)),
                ],
                options={
                    "indexes": [models.Index(fields=["subject_kind", "subject"], name="journal_by_subject")],
                },
            ),
        ),
        append_only(
            "audit_journalentry",
        ),
    ]
