"""No index of subjects: an entry about an application, or about what belongs to one, names it in a column."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('audit', '0005_smaller_indexes'),
    ]

    operations = [
        RemoveIndexConcurrently(model_name='journalentry', name='journal_about'),
    ]
