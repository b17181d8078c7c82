"""The facts of publishing become append-only."""

from django.db import migrations

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_proposals")]

    operations = [append_only("catalogue_proposal", "catalogue_approval", "catalogue_proposalrefusal")]
