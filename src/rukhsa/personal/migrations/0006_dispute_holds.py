"""A hold for a dispute is put and lifted by two people, and has a last day.

The tables of holds before had no page and no command: only a shell could write a row of them, which production refuses.
"""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from rukhsa.audit.append_only import decided_once


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0011_fewer_indexes'),
        ('authorities', '0006_data_protection'),
        ('personal', '0005_files_of_cases'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # The tables stay: processes of the version before still read them while this one is put in.
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel('HoldEnd'), migrations.DeleteModel('Hold')]
        ),
        migrations.CreateModel(
            name='DisputeHold',
            fields=[
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('approved', 'Approved'), ('refused', 'Refused')], default='proposed', max_length=8)),
                ('refusal', models.CharField(blank=True, max_length=400)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('ground', models.CharField(choices=[('objection', 'An objection or a grievance'), ('court', 'A case in court')], max_length=10)),
                ('reason', models.CharField(max_length=400)),
                ('until', models.DateField()),
                ('application', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applications.application')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lifts', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lifted_by', to='personal.disputehold')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [
                    models.Index(fields=['application'], name='holds_for_dispute'),
                    models.Index(fields=['authority', '-proposed_at'], name='holds_for_dispute_of_authority'),
                ],
                'constraints': [
                    models.CheckConstraint(
                        condition=Q(('state__in', ['proposed', 'refused']), Q(('decided_by__isnull', False), Q(('decided_by', F('proposed_by')), _negated=True)), _connector='OR'),
                        name='disputehold_approved_by_another',
                    ),
                    models.UniqueConstraint(
                        condition=Q(('state__in', ['proposed', 'approved'])), fields=('lifts',), name='hold_lifted_once'
                    ),
                ],
            },
        ),
        decided_once('personal_disputehold'),
    ]
