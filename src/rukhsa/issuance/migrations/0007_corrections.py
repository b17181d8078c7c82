"""Corrections of issued documents by two people; the database issues none without both."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only, decided_once

BY_TWO = migrations.RunSQL(
    """
    CREATE FUNCTION issuance_corrected_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.supersedes_id IS NULL OR NEW.application_id IS NOT NULL THEN
            RETURN NEW;  -- no new version, or one that was applied for
        END IF;
        IF NOT EXISTS (
            SELECT FROM issuance_correctionproposal AS proposal
            WHERE NEW.origin = 'correction:' || proposal.id AND proposal.instrument_id = NEW.supersedes_id
            AND proposal.state = 'approved'
        ) THEN
            RAISE EXCEPTION 'no correction without two people: %', NEW.origin USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER issuance_intent_corrected_by_two BEFORE INSERT ON issuance_intent
    FOR EACH ROW EXECUTE FUNCTION issuance_corrected_by_two();
    """,
    """
    DROP TRIGGER issuance_intent_corrected_by_two ON issuance_intent;
    DROP FUNCTION issuance_corrected_by_two();
    """,
)


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0008_within_mandate'),
        ('catalogue', '0003_reasons'),
        ('issuance', '0006_started_by_two'),
        ('mandates', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CorrectionProposal',
            fields=[
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('approved', 'Approved'), ('refused', 'Refused')], default='proposed', max_length=8)),
                ('refusal', models.CharField(blank=True, max_length=400)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('answers', models.JSONField(default=dict)),
                ('reason', models.TextField()),
                ('note', models.TextField(blank=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applications.application')),
                ('coded', models.ManyToManyField(related_name='+', to='catalogue.reason')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='issuance.instrument')),
                ('mandate', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mandates.mandate')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['application'], name='corrections_of_application'), models.Index(condition=models.Q(('state', 'proposed')), fields=['proposed_at'], name='corrections_to_decide')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'refused']), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='correctionproposal_approved_by_another'), models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'approved'])), fields=('instrument',), name='one_correction_a_version')],
            },
        ),
        decided_once("issuance_correctionproposal", "mandate_id"),
        append_only("issuance_correctionproposal_coded"),
        BY_TWO,
    ]
