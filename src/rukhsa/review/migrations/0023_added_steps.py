"""Steps that officers add to a review, and take back; files of cases.

The new columns are filled by their defaults without a rewrite of any table.
"""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0014_added_steps'),
        ('authorities', '0006_data_protection'),
        ('review', '0022_papers_of_sittings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('digest', models.CharField(max_length=64)),
                ('media_type', models.CharField(max_length=40)),
                ('size', models.PositiveIntegerField()),
                ('shown_digest', models.CharField(max_length=64)),
                ('shown_media_type', models.CharField(max_length=40)),
                ('notes', models.JSONField(default=list)),
                ('at', models.DateTimeField()),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applications.application')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['at', 'name'],
            },
        ),
        migrations.AddField(
            model_name='dropped',
            name='taken_back_because',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='dropped',
            name='taken_back_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='inspection',
            name='added_because',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='inspection',
            name='ordered_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='referral',
            name='added_because',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='referral',
            name='days',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='dropped',
            name='change',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applications.processchange'),
        ),
        migrations.AddConstraint(
            model_name='dropped',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('change__isnull', False), ('taken_back_because', ''), ('taken_back_by', None)), models.Q(('change', None), ('taken_back_by__isnull', False), models.Q(('taken_back_because', ''), _negated=True)), _connector='OR'), name='dropped_by_a_process_or_an_officer'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('added_because', ''), ('ordered_by', None)), models.Q(models.Q(('added_because', ''), _negated=True), ('ordered_by__isnull', False)), _connector='OR'), name='an_added_visit_says_why'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('added_because', ''), ('days', None)), models.Q(models.Q(('added_because', ''), _negated=True), ('days__gte', 1)), _connector='OR'), name='an_added_question_says_why'),
        ),
        append_only("review_casefile"),
    ]
