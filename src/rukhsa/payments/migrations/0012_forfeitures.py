"""A part of a deposit is kept by two people. What one alone kept before stays written, and `rukhsa fsck` tells of it."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0003_committees'),
        ('payments', '0011_accounts_compared'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='helddeposit',
            name='freed_iban',
            field=models.CharField(blank=True, max_length=34),
        ),
        migrations.AlterField(
            model_name='entry',
            name='account',
            field=models.CharField(choices=[('clearing', 'Clearing'), ('bank', 'Bank'), ('commissions', 'Commissions'), ('differences', 'Differences'), ('fees', 'Fees'), ('fines', 'Fines'), ('forfeitures', 'Forfeitures'), ('deposits', 'Deposits'), ('releases', 'Releases'), ('overpayments', 'Overpayments'), ('underpayments', 'Underpayments'), ('refunds', 'Refunds')], max_length=16),
        ),
        migrations.CreateModel(
            name='Forfeiture',
            fields=[
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('approved', 'Approved'), ('refused', 'Refused')], default='proposed', max_length=8)),
                ('refusal', models.CharField(blank=True, max_length=400)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('amount', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('reason', models.CharField(max_length=400)),
                ('photos', models.JSONField(default=list)),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forfeitures', to='payments.chargeline')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='depositmovement',
            name='forfeiture',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='movement', to='payments.forfeiture'),
        ),
        AddConstraintNotValid(
            model_name='depositmovement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'forfeited'), _negated=True), ('forfeiture__isnull', False), _connector='OR'), name='forfeited_by_two'),
        ),
        migrations.AddIndex(
            model_name='forfeiture',
            index=models.Index(condition=models.Q(('state', 'proposed')), fields=['authority', 'proposed_at'], name='forfeitures_to_decide'),
        ),
        migrations.AddConstraint(
            model_name='forfeiture',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'refused']), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='forfeiture_approved_by_another'),
        ),
        migrations.AddConstraint(
            model_name='forfeiture',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('line',), name='one_forfeiture_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='forfeiture',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='forfeiture_of_something'),
        ),
        migrations.AddConstraint(
            model_name='forfeiture',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='forfeiture_with_a_reason'),
        ),
    ]
