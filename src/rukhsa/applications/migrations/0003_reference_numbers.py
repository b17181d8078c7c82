"""The sequence from which reference numbers are taken: one that a rolled-back transaction never gives again."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("applications", "0002_facts_are_written_once")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE applications_reference", "DROP SEQUENCE applications_reference"
        )
    ]
