"""Payments are found by amount, reference, last digits and day, each by an index; those in doubt end by a statement."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0007_quotas'),
        ('authorities', '0002_finance'),
        ('payments', '0008_deposits_held_and_their_accounts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Resolution',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('outcome', models.CharField(choices=[('captured', 'Captured'), ('failed', 'Failed')], max_length=8)),
                ('statement', models.CharField(max_length=80)),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('approved', 'Approved'), ('refused', 'Refused')], default='proposed', max_length=8)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='attempt',
            name='card',
            field=models.CharField(blank=True, max_length=4),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(condition=models.Q(('state', 'needs-review')), fields=['started_at'], name='attempts_to_look_at'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(condition=models.Q(('state', 'captured')), fields=['-ended_at'], name='captures_newest_first'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(condition=models.Q(('gateway_reference', ''), _negated=True), fields=['gateway_reference'], name='attempts_by_their_reference'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(condition=models.Q(('card', ''), _negated=True), fields=['card', '-started_at'], name='attempts_by_last_digits'),
        ),
        migrations.AddIndex(
            model_name='charge',
            index=models.Index(fields=['amount', '-assessed_at'], name='charges_by_amount'),
        ),
        migrations.AddIndex(
            model_name='payout',
            index=models.Index(condition=models.Q(('reference', ''), _negated=True), fields=['reference'], name='payouts_by_reference'),
        ),
        migrations.AddIndex(
            model_name='receipt',
            index=models.Index(fields=['-at'], name='receipts_by_day'),
        ),
        migrations.AddField(
            model_name='resolution',
            name='attempt',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='resolutions', to='payments.attempt'),
        ),
        migrations.AddField(
            model_name='resolution',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='resolution',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='resolution',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('attempt',), name='one_resolution_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='resolution',
            constraint=models.CheckConstraint(condition=models.Q(('statement', ''), _negated=True), name='resolved_by_a_statement'),
        ),
        migrations.AddConstraint(
            model_name='resolution',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'refused'), ('decided_by', None), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='resolution_approved_by_another'),
        ),
    ]
