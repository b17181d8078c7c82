"""Grants that are drawn to be looked at again, the second looks, and alarms about officers."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0008_within_mandate'),
        ('authorities', '0006_data_protection'),
        ('catalogue', '0004_changed_at_the_desk'),
        ('mandates', '0001_initial'),
        ('review', '0015_lateness'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Draw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True)),
                ('seed', models.CharField(max_length=64)),
                ('share', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='DrawnGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OfficerAlarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('volume', 'Volume'), ('hours', 'Hours')], max_length=10)),
                ('day', models.DateField()),
                ('count', models.PositiveIntegerField()),
                ('usual', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='SecondLook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agrees', models.BooleanField()),
                ('reasons', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['at'], name='decisions_by_day'),
        ),
        migrations.AddField(
            model_name='drawngrant',
            name='authority',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority'),
        ),
        migrations.AddField(
            model_name='drawngrant',
            name='decision',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='review.decision'),
        ),
        migrations.AddField(
            model_name='drawngrant',
            name='draw',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='review.draw'),
        ),
        migrations.AddField(
            model_name='officeralarm',
            name='authority',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority'),
        ),
        migrations.AddField(
            model_name='officeralarm',
            name='officer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='secondlook',
            name='grant',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='second_look', to='review.drawngrant'),
        ),
        migrations.AddField(
            model_name='secondlook',
            name='officer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='officeralarm',
            index=models.Index(fields=['authority', '-day', '-id'], name='officer_alarms_newest_first'),
        ),
        migrations.AddConstraint(
            model_name='officeralarm',
            constraint=models.UniqueConstraint(fields=('authority', 'officer', 'kind', 'day'), name='one_alarm_of_a_kind_a_day'),
        ),
        migrations.AddConstraint(
            model_name='secondlook',
            constraint=models.CheckConstraint(condition=models.Q(('agrees', True), models.Q(('reasons', ''), _negated=True), _connector='OR'), name='a_difference_has_reasons'),
        ),
        append_only("review_draw", "review_drawngrant", "review_secondlook", "review_officeralarm"),
    ]
