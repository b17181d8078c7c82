"""The tables of this room are facts, and append-only."""

from django.db import migrations

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0001_initial")]

    operations = [
        append_only(
            "reconciliation_statement",
            "reconciliation_statementline",
            "reconciliation_difference",
            "reconciliation_ownership",
            "reconciliation_explanation",
        )
    ]
