"""Indexes that need fewer bytes: made beside the old ones, which then go."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Without a lock: people work while they are made.
    atomic = False

    dependencies = [
        ('applications', '0012_smaller_indexes'),
        ('mandates', '0001_initial'),
        ('review', '0019_fewer_indexes'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='opinion',
            index=models.Index(fields=['at'], name='opinions_newest_last'),
        ),
        RemoveIndexConcurrently(
            model_name='opinion',
            name='opinions_newest_first',
        ),
    ]
