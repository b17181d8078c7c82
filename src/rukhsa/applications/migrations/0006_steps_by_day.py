"""Steps are found by their day, for the figures."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0005_uploads'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='step',
            index=models.Index(fields=['at'], name='steps_by_day'),
        ),
    ]
