"""A proposed text of a service is a service proposal, and keeps what it changes as the second person sees it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0004_proposals_are_written_once")]

    operations = [
        migrations.RenameModel("Proposal", "ServiceProposal"),
        migrations.AddField("serviceproposal", "difference", models.JSONField(default=dict)),
    ]
