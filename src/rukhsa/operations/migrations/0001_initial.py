"""The last run of each periodic task, and why jobs failed."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='JobFailure',
            fields=[
                ('job', models.BigIntegerField(primary_key=True, serialize=False)),
                ('task', models.CharField(max_length=128)),
                ('error', models.CharField(max_length=200)),
                ('attempt', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='PeriodicRun',
            fields=[
                ('task', models.CharField(max_length=128, primary_key=True, serialize=False)),
                ('began_at', models.DateTimeField()),
                ('took_ms', models.PositiveIntegerField()),
                ('found', models.JSONField(default=dict)),
                ('error', models.CharField(blank=True, max_length=200)),
                ('succeeded_at', models.DateTimeField(null=True)),
            ],
        ),
    ]
