"""A confirmed violation is withdrawn by two: a table of proposals, and a trigger that asks for one that was approved.

Withdrawals of before keep no proposer; no row is read or written.
"""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import decided_once, erasable_once_decided

TWO_PEOPLE = migrations.RunSQL(
    """
    CREATE FUNCTION violations_withdrawn_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM violations_withdrawalproposal AS proposal
            WHERE proposal.violation_id = NEW.violation_id AND proposal.state = 'approved'
            AND proposal.proposed_by_id = NEW.proposed_by_id AND proposal.decided_by_id = NEW.actor_id
        ) THEN
            RAISE EXCEPTION 'no one person withdraws a violation: %', NEW.violation_id
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER violations_withdrawal_by_two BEFORE INSERT ON violations_withdrawal
    FOR EACH ROW EXECUTE FUNCTION violations_withdrawn_by_two();
    """,
    """
    DROP TRIGGER violations_withdrawal_by_two ON violations_withdrawal;
    DROP FUNCTION violations_withdrawn_by_two();
    """,
)


class Migration(migrations.Migration):

    dependencies = [
        ('violations', '0004_by_position'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WithdrawalProposal',
            fields=[
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('approved', 'Approved'), ('refused', 'Refused')], default='proposed', max_length=8)),
                ('refusal', models.CharField(blank=True, max_length=400)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reason', models.CharField(max_length=400)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RemoveConstraint(
            model_name='partynotice',
            name='party_told_once_at_an_address',
        ),
        migrations.AddField(
            model_name='partynotice',
            name='event',
            field=models.CharField(choices=[('violation', 'Recorded'), ('violation-withdrawn', 'Withdrawn')], db_default='violation', default='violation', max_length=20),
        ),
        migrations.AddField(
            model_name='withdrawal',
            name='proposed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='partynotice',
            constraint=models.UniqueConstraint(fields=('violation', 'event', 'channel', 'to'), name='party_told_once_of_an_event'),
        ),
        migrations.AddConstraint(
            model_name='withdrawal',
            constraint=models.CheckConstraint(condition=models.Q(('proposed_by', None), models.Q(('proposed_by', models.F('actor')), _negated=True), _connector='OR'), name='withdrawn_by_another'),
        ),
        migrations.AddField(
            model_name='withdrawalproposal',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='withdrawalproposal',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='withdrawalproposal',
            name='violation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal_proposals', to='violations.violation'),
        ),
        migrations.AddIndex(
            model_name='withdrawalproposal',
            index=models.Index(condition=models.Q(('state', 'proposed')), fields=['proposed_at'], name='withdrawals_to_decide'),
        ),
        migrations.AddConstraint(
            model_name='withdrawalproposal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'refused']), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='withdrawalproposal_approved_by_another'),
        ),
        migrations.AddConstraint(
            model_name='withdrawalproposal',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('violation',), name='one_withdrawal_waits_a_violation'),
        ),
        decided_once("violations_withdrawalproposal"),
        erasable_once_decided("violations_withdrawalproposal", ("reason", "refusal")),
        TWO_PEOPLE,
    ]
