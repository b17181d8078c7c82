"""What is delivered of the ground, a table for all kinds: surveys, their versions and their features."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('governorate', 'Governorate'), ('block', 'Block'), ('road', 'Road'), ('building', 'Building'), ('zone', 'Zone')], max_length=12)),
                ('part', models.CharField(blank=True, max_length=60)),
                ('effective_from', models.DateField()),
                ('source', models.CharField(max_length=200)),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'part', 'digest', 'effective_from'), name='a_survey_is_entered_once_for_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Feature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.PositiveIntegerField()),
                ('number', models.CharField(blank=True, max_length=60)),
                ('block', models.PositiveIntegerField(null=True)),
                ('road', models.CharField(blank=True, max_length=60)),
                ('name_ar', models.CharField(blank=True, max_length=80)),
                ('name_en', models.CharField(blank=True, max_length=80)),
                ('sort', models.CharField(blank=True, max_length=60)),
                ('geometry', models.JSONField()),
                ('measure', models.DecimalField(decimal_places=1, max_digits=14)),
                ('west', models.FloatField()),
                ('south', models.FloatField()),
                ('east', models.FloatField()),
                ('north', models.FloatField()),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='features', to='places.survey')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GistIndex(models.Func(models.Func(models.F('west'), models.F('south'), function='point'), models.Func(models.F('east'), models.F('north'), function='point'), function='box', output_field=models.TextField()), name='features_by_ground'), models.Index(fields=['survey', 'block', 'road', 'number'], name='features_by_address')],
                'constraints': [models.UniqueConstraint(fields=('survey', 'row'), name='a_row_of_a_survey_once')],
            },
        ),
        migrations.CreateModel(
            name='SurveyVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('governorate', 'Governorate'), ('block', 'Block'), ('road', 'Road'), ('building', 'Building'), ('zone', 'Zone')], max_length=12)),
                ('number', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('survey', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='version', to='places.survey')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'number'), name='a_version_of_a_kind_once')],
            },
        ),
        append_only("places_survey", "places_surveyversion", "places_feature"),
    ]
