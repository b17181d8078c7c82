"""The changes of processes become append-only."""

from django.db import migrations

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("applications", "0005_process_changes")]

    operations = [append_only("applications_processchange")]
