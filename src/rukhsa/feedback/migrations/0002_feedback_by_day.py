"""Feedback is found by its day, for the figures."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0002_roles_of_administration'),
        ('feedback', '0001_initial'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='feedback',
            index=models.Index(fields=['at'], name='feedback_by_day'),
        ),
    ]
