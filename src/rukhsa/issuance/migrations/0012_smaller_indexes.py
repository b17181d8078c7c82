"""Indexes that need fewer bytes: made beside the old ones, which then go."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Without a lock: people work while they are made.
    atomic = False

    dependencies = [
        ('applications', '0012_smaller_indexes'),
        ('authorities', '0006_data_protection'),
        ('catalogue', '0005_reason_of_a_proposal'),
        ('issuance', '0011_fewer_indexes'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='instrument',
            index=models.Index(fields=['released_at', '-id'], name='instruments_newest_last'),
        ),
        AddIndexConcurrently(
            model_name='intent',
            index=models.Index(condition=models.Q(('supersedes__isnull', False)), fields=['supersedes'], name='intents_that_supersede'),
        ),
        AddIndexConcurrently(
            model_name='intent',
            index=models.Index(condition=models.Q(('renews__isnull', False)), fields=['renews'], name='intents_that_renew'),
        ),
        AddIndexConcurrently(
            model_name='intent',
            index=models.Index(condition=models.Q(('copies__isnull', False)), fields=['copies'], name='intents_that_copy'),
        ),
        RemoveIndexConcurrently(
            model_name='instrument',
            name='instruments_newest_first',
        ),
    ]
