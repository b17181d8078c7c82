"""Whose part of the journal an entry belongs to, and its application; the journal is read by both.

The columns have no default, so that no row is written; the indexes are built beside the work of the house. What was
written before is placed afterwards in batches (audit/placing.py), which the trigger lets happen once a row.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

from rukhsa.audit.append_only import placed_once


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("audit", "0002_security_log")]

    operations = [
        migrations.AddField("journalentry", "authority", models.CharField(max_length=4, null=True)),
        migrations.AddField("journalentry", "application", models.UUIDField(null=True)),
        placed_once("audit_journalentry"),
        *(
            AddIndexConcurrently("journalentry", models.Index(fields=fields, name=name))
            for fields, name in (
                (["authority", "-id"], "journal_of_authority"),
                (["authority", "act", "-id"], "journal_of_authority_by_act"),
                (["authority", "actor", "-id"], "journal_of_authority_by_actor"),
            )
        ),
        AddIndexConcurrently(
            "journalentry",
            models.Index(
                fields=["application", "-id"],
                condition=Q(application__isnull=False),
                name="journal_of_application",
            ),
        ),
        AddIndexConcurrently(
            "journalentry",
            models.Index(fields=["id"], condition=Q(authority__isnull=True), name="journal_not_placed"),
        ),
    ]
