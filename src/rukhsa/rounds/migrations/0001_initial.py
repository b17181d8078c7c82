"""Rounds with their stops, photos and reports from the field, and what was decided of those in conflict."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('authorities', '0003_posts_of_directors'),
        ('review', '0012_rounds_and_field_reports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FieldReport',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('said', models.JSONField()),
                ('seen', models.BigIntegerField(null=True)),
                ('conflict', models.CharField(blank=True, choices=[('', 'none'), ('reported', 'Another report of this visit arrived first.'), ('reassigned', 'The visit was given to another inspector meanwhile.'), ('withdrawn', 'The visit is no longer asked for.'), ('ended', 'The application was decided, withdrawn or returned meanwhile.'), ('own-interest', 'The inspector has an interest in this application.')], max_length=12)),
                ('made_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('inspection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='review.inspection')),
                ('report', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='review.inspectionreport')),
            ],
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('at', models.DateTimeField()),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
                ('inspector', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('planned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Settlement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('choice', models.CharField(choices=[('take', 'The report from the device counts'), ('leave', 'What stands counts')], max_length=5)),
                ('reason', models.CharField(max_length=400)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('field_report', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='settlement', to='rounds.fieldreport')),
                ('report', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='review.inspectionreport')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Stop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('inspection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='review.inspection')),
                ('round', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='stops', to='rounds.round')),
            ],
        ),
        migrations.CreateModel(
            name='FieldPhoto',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('of', models.CharField(choices=[('site', 'Site'), ('signature', 'Signature')], max_length=9)),
                ('digest', models.CharField(max_length=64)),
                ('media_type', models.CharField(max_length=40)),
                ('shown_digest', models.CharField(max_length=64)),
                ('taken_at', models.DateTimeField(null=True)),
                ('longitude', models.FloatField(null=True)),
                ('latitude', models.FloatField(null=True)),
                ('accuracy', models.FloatField(null=True)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('inspection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='review.inspection')),
            ],
            options={
                'indexes': [models.Index(fields=['inspection', 'by'], name='photos_of_a_visit')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('latitude', None), ('longitude', None)), models.Q(('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), _connector='OR'), name='photo_on_earth')],
            },
        ),
        migrations.AddIndex(
            model_name='fieldreport',
            index=models.Index(condition=models.Q(('conflict', ''), _negated=True), fields=['-at'], name='reports_in_conflict'),
        ),
        migrations.AddConstraint(
            model_name='fieldreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('conflict', ''), ('report__isnull', False)), models.Q(models.Q(('conflict', ''), _negated=True), ('report', None)), _connector='OR'), name='taken_or_in_conflict'),
        ),
        migrations.AddIndex(
            model_name='round',
            index=models.Index(fields=['authority', 'day'], name='rounds_of_a_day'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.UniqueConstraint(fields=('authority', 'inspector', 'day'), name='one_round_a_day'),
        ),
        migrations.AddIndex(
            model_name='stop',
            index=models.Index(fields=['inspection', '-id'], name='stops_newest_first'),
        ),
        migrations.AddIndex(
            model_name='stop',
            index=models.Index(fields=['round', 'position'], name='stops_of_a_round'),
        ),
        append_only("rounds_stop", "rounds_fieldphoto", "rounds_fieldreport", "rounds_settlement"),
    ]
