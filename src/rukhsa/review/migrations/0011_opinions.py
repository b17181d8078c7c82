"""Conditions, files, drafts and more time of opinions; questions put again; which colleague took a question."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0004_agency_coordinator'),
        ('review', '0010_silence'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AskedAgain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Condition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text_ar', models.TextField()),
                ('text_en', models.TextField()),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='MoreTime',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('due_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='OpinionDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('typed', models.JSONField(default=dict)),
                ('files', models.JSONField(default=list)),
                ('saved_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='OpinionFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('digest', models.CharField(max_length=64)),
                ('media_type', models.CharField(max_length=40)),
                ('size', models.PositiveIntegerField()),
                ('shown_digest', models.CharField(max_length=64)),
                ('shown_media_type', models.CharField(max_length=40)),
                ('notes', models.JSONField(default=list)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Ruling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('applies', models.BooleanField()),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='StandardCondition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text_ar', models.TextField()),
                ('text_en', models.TextField()),
                ('added_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.RemoveIndex(
            model_name='waitingreferral',
            name='referrals_to_tell_of',
        ),
        migrations.AddField(
            model_name='waitingreferral',
            name='taken_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='opinion',
            name='answer',
            field=models.CharField(choices=[('no-objection', 'No Objection'), ('conditions', 'Conditions'), ('objection', 'Objection')], max_length=20),
        ),
        migrations.AddIndex(
            model_name='waitingreferral',
            index=models.Index(condition=models.Q(('told__lt', 3)), fields=['due_at'], name='referrals_to_tell_of'),
        ),
        migrations.AddIndex(
            model_name='waitingreferral',
            index=models.Index(condition=models.Q(('told', 0)), fields=['agency'], name='referrals_not_announced'),
        ),
        migrations.AddField(
            model_name='askedagain',
            name='officer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='askedagain',
            name='referral',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='asked_again', to='review.referral'),
        ),
        migrations.AddField(
            model_name='askedagain',
            name='successor',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='asks_again', to='review.referral'),
        ),
        migrations.AddField(
            model_name='condition',
            name='opinion',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conditions', to='review.opinion'),
        ),
        migrations.AddField(
            model_name='moretime',
            name='officer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='moretime',
            name='referral',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='more_time', to='review.referral'),
        ),
        migrations.AddField(
            model_name='opiniondraft',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='opiniondraft',
            name='referral',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='draft', to='review.referral'),
        ),
        migrations.AddField(
            model_name='opinionfile',
            name='opinion',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='review.opinion'),
        ),
        migrations.AddField(
            model_name='ruling',
            name='condition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rulings', to='review.condition'),
        ),
        migrations.AddField(
            model_name='ruling',
            name='officer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='standardcondition',
            name='added_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='standardcondition',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='standard_conditions', to='authorities.agency'),
        ),
        migrations.AddConstraint(
            model_name='askedagain',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='asked_again_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='condition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('text_ar', ''), _negated=True), models.Q(('text_en', ''), _negated=True)), name='a_condition_is_in_both_languages'),
        ),
        migrations.AddConstraint(
            model_name='moretime',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='more_time_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='ruling',
            constraint=models.CheckConstraint(condition=models.Q(('applies', True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='a_condition_left_out_has_a_reason'),
        ),
        # What was told before is one higher now: the first step tells that a question came.
        migrations.RunSQL(
            "UPDATE review_waitingreferral SET told = told + 1", "UPDATE review_waitingreferral SET told = told - 1"
        ),
        append_only(
            "review_askedagain", "review_condition", "review_moretime", "review_opinionfile", "review_ruling"
        ),
    ]
