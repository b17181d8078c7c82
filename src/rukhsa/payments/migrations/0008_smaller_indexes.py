"""Indexes that need fewer bytes: made beside the old ones, which then go."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Without a lock: people work while they are made.
    atomic = False

    dependencies = [
        ('applications', '0012_smaller_indexes'),
        ('payments', '0007_fewer_indexes'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='attempt',
            index=models.Index(condition=models.Q(('state', 'captured')), fields=['ended_at'], name='captures_newest_last'),
        ),
        AddIndexConcurrently(
            model_name='attempt',
            index=models.Index(condition=models.Q(('link__isnull', False)), fields=['link'], name='attempts_by_link'),
        ),
        AddIndexConcurrently(
            model_name='attempt',
            index=models.Index(condition=models.Q(('carried_by__isnull', False)), fields=['carried_by'], name='carried_attempts'),
        ),
        AddIndexConcurrently(
            model_name='charge',
            index=models.Index(fields=['amount', 'assessed_at'], name='charges_of_an_amount'),
        ),
        AddIndexConcurrently(
            model_name='receipt',
            index=models.Index(fields=['at'], name='receipts_newest_last'),
        ),
        RemoveIndexConcurrently(
            model_name='attempt',
            name='captures_newest_first',
        ),
        RemoveIndexConcurrently(
            model_name='charge',
            name='charges_by_amount',
        ),
        RemoveIndexConcurrently(
            model_name='receipt',
            name='receipts_by_day',
        ),
    ]
