"""Codes by which the status of an application is seen without sign-in."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0002_files_as_officers_see_them'),
    ]

    operations = [
        migrations.CreateModel(
            name='StatusCode',
            fields=[
                ('application', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='status_code', serialize=False, to='applications.application')),
                ('code', models.CharField(max_length=9)),
            ],
        ),
    ]
