"""Acts on documents are within a mandate, and a suspension is of two people, or is confirmed within a day."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only, decided_once

ALLOWED = """
    CREATE FUNCTION issuance_allowed(
        by_mandate uuid, person uuid, about uuid, act text, at timestamptz
    ) RETURNS boolean LANGUAGE sql STABLE AS $$
        SELECT rukhsa_within_mandate(
            by_mandate, person, intent.authority_id, intent.service_version_id, act, NULL, at
        )
        FROM issuance_instrument AS document JOIN issuance_intent AS intent ON intent.id = document.intent_id
        WHERE document.id = about
    $$;
"""
ACTS = """
    CREATE FUNCTION issuance_act_within_mandate() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        about uuid;
        person uuid;
        moment timestamptz;
        said jsonb := to_jsonb(NEW);
    BEGIN
        IF TG_ARGV[0] = 'correct' THEN
            IF said ->> 'state' <> 'approved' THEN
                RETURN NEW;
            END IF;
            about := said ->> 'instrument_id';
            person := said ->> 'decided_by_id';
            moment := said ->> 'decided_at';
        ELSE
            about := said ->> 'instrument_id';
            person := said ->> 'actor_id';
            moment := said ->> 'at';
        END IF;
        IF TG_ARGV[0] = 'reinstate' THEN
            SELECT suspension.instrument_id INTO about FROM issuance_suspension AS suspension
            WHERE suspension.id = (said ->> 'suspension_id')::bigint;
            IF person IS NULL AND EXISTS (
                SELECT FROM issuance_suspension AS suspension
                WHERE suspension.id = (said ->> 'suspension_id')::bigint AND suspension.confirm_by <= moment
                AND NOT EXISTS (
                    SELECT FROM issuance_suspensionconfirmation AS confirmed
                    WHERE confirmed.suspension_id = suspension.id)
            ) THEN
                RETURN NEW;  -- no second person confirmed it in time
            END IF;
        END IF;
        IF TG_ARGV[0] = 'revoke' AND person IS NULL THEN
            RETURN NEW;  -- by the system
        END IF;
        IF TG_ARGV[0] = 'suspend' AND said ->> 'confirm_by' IS NULL
            AND (said ->> 'proposed_by_id' IS NULL OR said ->> 'proposed_by_id' = said ->> 'actor_id') THEN
            RAISE EXCEPTION 'no one person suspends a document for long: %', about
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF NOT coalesce(
            issuance_allowed((said ->> 'mandate_id')::uuid, person, about, TG_ARGV[0], moment), false
        ) THEN
            RAISE EXCEPTION 'no mandate of the officer allows this: %', TG_ARGV[0]
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER issuance_suspension_within_mandate BEFORE INSERT ON issuance_suspension
    FOR EACH ROW EXECUTE FUNCTION issuance_act_within_mandate('suspend');
    CREATE TRIGGER issuance_reinstatement_within_mandate BEFORE INSERT ON issuance_reinstatement
    FOR EACH ROW EXECUTE FUNCTION issuance_act_within_mandate('reinstate');
    CREATE TRIGGER issuance_revocation_within_mandate BEFORE INSERT ON issuance_revocation
    FOR EACH ROW EXECUTE FUNCTION issuance_act_within_mandate('revoke');
    CREATE TRIGGER issuance_correction_within_mandate BEFORE INSERT OR UPDATE ON issuance_correctionproposal
    FOR EACH ROW EXECUTE FUNCTION issuance_act_within_mandate('correct');
"""
CONFIRMED = """
    CREATE FUNCTION issuance_confirmed_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM issuance_suspension WHERE id = NEW.suspension_id AND actor_id = NEW.actor_id
        ) THEN
            RAISE EXCEPTION 'no one confirms a suspension of their own' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER issuance_suspension_confirmed_by_another BEFORE INSERT ON issuance_suspensionconfirmation
    FOR EACH ROW EXECUTE FUNCTION issuance_confirmed_by_another();
"""
BACKWARD = """
    DROP TRIGGER issuance_suspension_confirmed_by_another ON issuance_suspensionconfirmation;
    DROP FUNCTION issuance_confirmed_by_another();
    DROP TRIGGER issuance_suspension_within_mandate ON issuance_suspension;
    DROP TRIGGER issuance_reinstatement_within_mandate ON issuance_reinstatement;
    DROP TRIGGER issuance_revocation_within_mandate ON issuance_revocation;
    DROP TRIGGER issuance_correction_within_mandate ON issuance_correctionproposal;
    DROP FUNCTION issuance_act_within_mandate();
    DROP FUNCTION issuance_allowed(uuid, uuid, uuid, text, timestamptz);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0008_within_mandate'),
        ('catalogue', '0003_reasons'),
        ('issuance', '0007_corrections'),
        ('mandates', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SuspensionConfirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='SuspensionProposal',
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
            model_name='reinstatement',
            name='mandate',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mandates.mandate'),
        ),
        migrations.AddField(
            model_name='revocation',
            name='mandate',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mandates.mandate'),
        ),
        migrations.AddField(
            model_name='suspension',
            name='confirm_by',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='suspension',
            name='mandate',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mandates.mandate'),
        ),
        migrations.AddField(
            model_name='suspension',
            name='proposed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='reinstatement',
            name='actor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='suspension',
            index=models.Index(condition=models.Q(('confirm_by__isnull', False)), fields=['confirm_by'], name='suspensions_to_confirm'),
        ),
        migrations.AddField(
            model_name='suspensionconfirmation',
            name='actor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='suspensionconfirmation',
            name='suspension',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='confirmation', to='issuance.suspension'),
        ),
        migrations.AddField(
            model_name='suspensionproposal',
            name='coded',
            field=models.ManyToManyField(related_name='+', to='catalogue.reason'),
        ),
        migrations.AddField(
            model_name='suspensionproposal',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='suspensionproposal',
            name='instrument',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suspension_proposals', to='issuance.instrument'),
        ),
        migrations.AddField(
            model_name='suspensionproposal',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='suspensionproposal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'refused']), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='suspensionproposal_approved_by_another'),
        ),
        migrations.AddConstraint(
            model_name='suspensionproposal',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('instrument',), name='one_suspension_waits_an_instrument'),
        ),
        decided_once("issuance_suspensionproposal"),
        append_only("issuance_suspensionproposal_coded", "issuance_suspensionconfirmation"),
        migrations.RunSQL(ALLOWED + ACTS + CONFIRMED, BACKWARD),
    ]
