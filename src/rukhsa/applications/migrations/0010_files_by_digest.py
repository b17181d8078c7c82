"""Find the rows that hold a stored file, before it is deleted."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False  # an index that is built while people work cannot be built in a transaction

    dependencies = [
        ('applications', '0009_open_applications'),
    ]

    operations = [
        AddIndexConcurrently('attachment', models.Index(fields=['digest'], name='attachments_by_digest')),
        AddIndexConcurrently('attachment', models.Index(fields=['shown_digest'], name='attachments_by_shown_digest')),
    ]
