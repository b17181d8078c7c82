"""Indexes that need fewer bytes: made beside the old ones, which then go."""

from django.contrib.postgres.indexes import HashIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Without a lock: people work while they are made.
    atomic = False

    dependencies = [
        ('accounts', '0003_what_ekey_tells'),
        ('applications', '0011_fewer_indexes'),
        ('authorities', '0006_data_protection'),
        ('catalogue', '0005_reason_of_a_proposal'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='application',
            index=models.Index(condition=models.Q(('process_version__isnull', False)), fields=['process_version'], name='applications_of_new_process'),
        ),
        AddIndexConcurrently(
            model_name='attachment',
            index=HashIndex(fields=['digest'], name='attachments_with_digest'),
        ),
        AddIndexConcurrently(
            model_name='attachment',
            index=HashIndex(fields=['shown_digest'], name='attachments_with_shown_digest'),
        ),
        RemoveIndexConcurrently(
            model_name='attachment',
            name='attachments_by_digest',
        ),
        RemoveIndexConcurrently(
            model_name='attachment',
            name='attachments_by_shown_digest',
        ),
    ]
