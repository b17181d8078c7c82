"""What a device notes on the spot stands with the report, and appointments are called off."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('review', '0011_opinions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='inspectionreport',
            name='made_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='inspectionreport',
            name='present',
            field=models.CharField(blank=True, db_default='', default='', max_length=120),
        ),
        migrations.AddField(
            model_name='inspectionreport',
            name='signature',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='inspectionreport',
            name='taken',
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.CreateModel(
            name='CalledOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=400)),
                ('at', models.DateTimeField()),
                ('appointment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='called_off', to='review.appointment')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        append_only("review_calledoff"),
    ]
