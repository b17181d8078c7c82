"""The register of addresses becomes append-only."""

from django.db import migrations

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("places", "0002_register_and_occupation")]

    operations = [append_only("places_registerchange")]
