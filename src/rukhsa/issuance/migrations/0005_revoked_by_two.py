"""A revocation is proposed by one person and carried out by another; the database keeps them apart."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only, decided_once

TWO_PEOPLE = migrations.RunSQL(
    """
    CREATE FUNCTION issuance_revoked_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.actor_id IS NOT NULL AND NEW.proposed_by_id IS NULL THEN
            RAISE EXCEPTION 'no one person revokes a document: %', NEW.instrument_id
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER issuance_revocation_by_two BEFORE INSERT ON issuance_revocation
    FOR EACH ROW EXECUTE FUNCTION issuance_revoked_by_two();
    """,
    """
    DROP TRIGGER issuance_revocation_by_two ON issuance_revocation;
    DROP FUNCTION issuance_revoked_by_two();
    """,
)


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0003_reasons'),
        ('issuance', '0004_one_table_of_stalls'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RevocationProposal',
            fields=[
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('approved', 'Approved'), ('refused', 'Refused')], default='proposed', max_length=8)),
                ('refusal', models.CharField(blank=True, max_length=400)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reason', models.TextField()),
                ('note', models.TextField(blank=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='revocation',
            name='proposed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='revocation',
            constraint=models.CheckConstraint(condition=models.Q(('proposed_by', None), models.Q(('proposed_by', models.F('actor')), _negated=True), _connector='OR'), name='revoked_by_another'),
        ),
        migrations.AddField(
            model_name='revocationproposal',
            name='coded',
            field=models.ManyToManyField(related_name='+', to='catalogue.reason'),
        ),
        migrations.AddField(
            model_name='revocationproposal',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='revocationproposal',
            name='instrument',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revocation_proposals', to='issuance.instrument'),
        ),
        migrations.AddField(
            model_name='revocationproposal',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='revocationproposal',
            index=models.Index(condition=models.Q(('state', 'proposed')), fields=['proposed_at'], name='revocations_to_decide'),
        ),
        migrations.AddConstraint(
            model_name='revocationproposal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'refused']), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='revocationproposal_approved_by_another'),
        ),
        migrations.AddConstraint(
            model_name='revocationproposal',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('instrument',), name='one_revocation_waits_an_instrument'),
        ),
        decided_once("issuance_revocationproposal"),
        append_only("issuance_revocationproposal_coded"),
        TWO_PEOPLE,
    ]
