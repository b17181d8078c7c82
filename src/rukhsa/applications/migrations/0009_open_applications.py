"""The open applications, found without reading those that ended."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Without a lock: people apply while it is made.
    atomic = False

    dependencies = [
        ('applications', '0008_within_mandate'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='application',
            index=models.Index(condition=models.Q(('stage__in', ['submitted', 'returned'])), fields=['submitted_at'], name='applications_open'),
        ),
    ]
