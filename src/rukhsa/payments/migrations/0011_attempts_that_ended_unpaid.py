"""The sweep of payments finds what ended unpaid by an index, in place of reading every attempt each ten seconds."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Without a lock: people pay while it is made.
    atomic = False

    dependencies = [
        ('payments', '0010_bank_files'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='attempt',
            index=models.Index(condition=models.Q(('state__in', ['cancelled', 'expired', 'failed'])), fields=['ended_at'], name='attempts_that_ended_unpaid'),
        ),
    ]
