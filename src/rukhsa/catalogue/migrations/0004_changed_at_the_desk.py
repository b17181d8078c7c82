"""What the desk changes above the territory's files."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import decided_once


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0005_posts_of_operators'),
        ('catalogue', '0003_reasons'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TerritoryChange',
            fields=[
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('approved', 'Approved'), ('refused', 'Refused')], default='proposed', max_length=8)),
                ('refusal', models.CharField(blank=True, max_length=400)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.SlugField(max_length=20)),
                ('key', models.CharField(max_length=120)),
                ('value', models.JSONField(null=True)),
                ('before', models.JSONField(null=True)),
                ('reason', models.CharField(max_length=400)),
                ('effective_on', models.DateField()),
                ('authority', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['kind', 'key', '-proposed_at'], name='changes_of_a_thing')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'refused']), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='territorychange_approved_by_another'), models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('kind', 'key'), name='one_change_waits_a_thing')],
            },
        ),
        decided_once("catalogue_territorychange"),
    ]
