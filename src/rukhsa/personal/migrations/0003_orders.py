"""Orders to erase, by two people."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import decided_once


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0007_signatories'),
        ('authorities', '0006_data_protection'),
        ('personal', '0002_erasure'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ErasureOrder',
            fields=[
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('approved', 'Approved'), ('refused', 'Refused')], default='proposed', max_length=8)),
                ('refusal', models.CharField(blank=True, max_length=400)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(blank=True, max_length=40)),
                ('reason', models.CharField(max_length=400)),
                ('application', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applications.application')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['authority', '-proposed_at'], name='orders_of_authority')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'refused']), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='erasureorder_approved_by_another'), models.CheckConstraint(condition=models.Q(('kind', ''), ('application', None), _connector='XOR'), name='order_of_one_thing'), models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('authority', 'kind', 'application'), name='one_order_waits', nulls_distinct=False)],
            },
        ),
        decided_once("personal_erasureorder"),
    ]
