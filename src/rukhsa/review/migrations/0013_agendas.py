"""Agendas of sittings, sittings called off, and the signed minutes of a sitting."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only, decided_once


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0007_signatories'),
        ('authorities', '0004_agency_coordinator'),
        ('review', '0012_rounds_and_field_reports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Agenda',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('committee', models.SlugField(max_length=60)),
                ('starts_at', models.DateTimeField()),
                ('place', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
                ('prepared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['starts_at'],
            },
        ),
        migrations.AddField(
            model_name='sitting',
            name='agenda',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sittings', to='review.agenda'),
        ),
        migrations.CreateModel(
            name='AgendaMatter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField()),
                ('agenda', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matters', to='review.agenda')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applications.application')),
            ],
            options={
                'ordering': ['order'],
            },
        ),
        migrations.CreateModel(
            name='CallOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
                ('agenda', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='call_off', to='review.agenda')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SittingMinutes',
            fields=[
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('approved', 'Approved'), ('refused', 'Refused')], default='proposed', max_length=8)),
                ('refusal', models.CharField(blank=True, max_length=400)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveSmallIntegerField()),
                ('correction', models.TextField(blank=True)),
                ('content', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('chair', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sitting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signed_minutes', to='review.sitting')),
            ],
            options={
                'ordering': ['-version'],
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='agenda',
            constraint=models.CheckConstraint(condition=models.Q(('place', ''), _negated=True), name='an_agenda_has_a_place'),
        ),
        migrations.AddConstraint(
            model_name='agendamatter',
            constraint=models.UniqueConstraint(fields=('agenda', 'application'), name='once_on_an_agenda'),
        ),
        migrations.AddConstraint(
            model_name='agendamatter',
            constraint=models.UniqueConstraint(fields=('agenda', 'order'), name='one_matter_at_a_place'),
        ),
        migrations.AddConstraint(
            model_name='sittingminutes',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'refused']), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='sittingminutes_approved_by_another'),
        ),
        migrations.AddConstraint(
            model_name='sittingminutes',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'approved'])), fields=('sitting', 'version'), name='one_version_of_the_minutes'),
        ),
        migrations.AddConstraint(
            model_name='sittingminutes',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('sitting',), name='one_draft_of_the_minutes'),
        ),
        append_only("review_agenda", "review_agendamatter", "review_calloff"),
        decided_once("review_sittingminutes"),
    ]
