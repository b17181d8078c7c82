"""Why something was not issued, and which intent closes which instrument."""

import django.db.models.deletion
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0004_reach_without_answers'),
        ('issuance', '0009_decoys'),
    ]

    operations = [
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('instrument', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='claim', to='issuance.instrument')),
                ('intent', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='claim', to='issuance.intent')),
            ],
        ),
        migrations.CreateModel(
            name='Stall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('at', models.DateTimeField()),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stalls', to='applications.application')),
            ],
            options={
                'indexes': [models.Index(fields=['-at'], name='stalls_newest_first')],
                'constraints': [models.UniqueConstraint(fields=('application', 'code'), name='each_reason_once')],
            },
        ),
        append_only("issuance_claim", "issuance_stall"),
    ]
