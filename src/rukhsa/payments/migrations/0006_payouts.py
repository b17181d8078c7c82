"""Refunds and released deposits go back by payouts, which two people agree on; what was sent so far is kept."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


# Nobody's account was kept of what went by transfer.
SENT_BEFORE = migrations.RunSQL(
    """
    INSERT INTO payments_payout (id, refund_id, authority_id, amount, currency, channel, iban, state, reference, reason,
                                 proposed_by_id, proposed_at, ended_at)
    SELECT gen_random_uuid(), refund.id, application.authority_id, refund.amount, refund.currency, payment.channel,
           CASE payment.channel WHEN 'bank-transfer' THEN 'unknown' ELSE '' END, payment.state, payment.reference, '',
           payment.actor_id, payment.sent_at, payment.ended_at
    FROM payments_refundpayment AS payment JOIN payments_refund AS refund ON refund.id = payment.refund_id
    JOIN payments_attempt AS attempt ON attempt.id = refund.attempt_id
    JOIN payments_charge AS charge ON charge.id = attempt.charge_id
    JOIN applications_application AS application ON application.id = charge.application_id;
    SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;
    """,
    migrations.RunSQL.noop,
)


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0002_finance'),
        ('payments', '0005_one_ledger'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Payout',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('amount', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('channel', models.CharField(max_length=20)),
                ('iban', models.CharField(blank=True, max_length=34)),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('sent', 'Sent'), ('done', 'Done'), ('refused', 'Refused')], default='proposed', max_length=8)),
                ('reference', models.CharField(blank=True, max_length=80)),
                ('reason', models.CharField(blank=True, max_length=400)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('refund', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to='payments.refund')),
                ('release', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to='payments.depositmovement')),
            ],
        ),
        migrations.AddIndex(
            model_name='payout',
            index=models.Index(condition=models.Q(('state__in', ['proposed', 'sent'])), fields=['authority', 'proposed_at'], name='payouts_under_way'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('refund', None), ('release', None), _connector='XOR'), name='payout_of_a_refund_or_a_release'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'sent', 'done'])), fields=('refund',), name='refund_sent_once'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'sent', 'done'])), fields=('release',), name='release_sent_once'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('proposed_by')), _negated=True), ('state', 'refused'), _connector='OR'), name='payout_approved_by_another'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel', 'bank-transfer'), _negated=True), models.Q(('iban', ''), _negated=True), _connector='OR'), name='transfer_goes_to_an_account'),
        ),
        SENT_BEFORE,
        migrations.DeleteModel(
            name='RefundPayment',
        ),
    ]
