"""Indexes that need fewer bytes: made beside the old ones, which then go."""

from django.contrib.postgres.indexes import HashIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Without a lock: people work while they are made.
    atomic = False

    dependencies = [
        ('audit', '0004_fewer_indexes'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='journalentry',
            index=models.Index(fields=['authority', 'id'], name='journal_by_authority'),
        ),
        AddIndexConcurrently(
            model_name='journalentry',
            index=models.Index(fields=['authority', 'act', 'id'], name='journal_by_act'),
        ),
        AddIndexConcurrently(
            model_name='journalentry',
            index=models.Index(fields=['authority', 'actor', 'id'], name='journal_by_actor'),
        ),
        AddIndexConcurrently(
            model_name='journalentry',
            index=models.Index(condition=models.Q(('application__isnull', False)), fields=['application', 'id'], name='journal_by_application'),
        ),
        AddIndexConcurrently(
            model_name='journalentry',
            index=HashIndex(fields=['subject'], name='journal_about'),
        ),
        RemoveIndexConcurrently(
            model_name='journalentry',
            name='journal_by_subject',
        ),
        RemoveIndexConcurrently(
            model_name='journalentry',
            name='journal_of_authority',
        ),
        RemoveIndexConcurrently(
            model_name='journalentry',
            name='journal_of_authority_by_act',
        ),
        RemoveIndexConcurrently(
            model_name='journalentry',
            name='journal_of_authority_by_actor',
        ),
        RemoveIndexConcurrently(
            model_name='journalentry',
            name='journal_of_application',
        ),
    ]
