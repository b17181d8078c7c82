"""Days are found by a few bytes a block, and no index is kept that no query uses."""

from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Without a lock: people work while it is made.
    atomic = False

    dependencies = [
        ('audit', '0003_places'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='journalentry',
            index=BrinIndex(autosummarize=True, fields=['at'], name='journal_by_day'),
        ),
        migrations.AlterField(
            model_name='journalentry',
            name='actor',
            field=models.UUIDField(null=True),
        ),
        migrations.AlterField(
            model_name='journalentry',
            name='at',
            field=models.DateTimeField(),
        ),
    ]
