"""A proposed text is an agreement of two people, as a waiver is: its row says how it was decided."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import decided_once

# How each proposal was decided moves from the two tables of decisions into its row. The checks of keys are made at
# once, since PostgreSQL alters no table that still has some to make.
MOVE_DECISIONS = migrations.RunSQL(
    """
    DROP TRIGGER catalogue_serviceproposal_append_only ON catalogue_serviceproposal;
    UPDATE catalogue_serviceproposal AS proposal
    SET state = 'approved', decided_by_id = approval.approved_by_id, decided_at = approval.at,
        version_id = approval.version_id
    FROM catalogue_approval AS approval WHERE approval.proposal_id = proposal.id;
    UPDATE catalogue_serviceproposal AS proposal
    SET state = 'refused', decided_by_id = refusal.refused_by_id, decided_at = refusal.at, refusal = refusal.reason
    FROM catalogue_proposalrefusal AS refusal WHERE refusal.proposal_id = proposal.id;
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
    """,
    """
    INSERT INTO catalogue_approval (proposal_id, version_id, proposed_by_id, approved_by_id, at)
    SELECT id, version_id, proposed_by_id, decided_by_id, decided_at
    FROM catalogue_serviceproposal WHERE state = 'approved';
    INSERT INTO catalogue_proposalrefusal (proposal_id, reason, refused_by_id, at)
    SELECT id, refusal, decided_by_id, decided_at FROM catalogue_serviceproposal WHERE state = 'refused';
    CREATE TRIGGER catalogue_serviceproposal_append_only BEFORE UPDATE OR DELETE ON catalogue_serviceproposal
    FOR EACH ROW EXECUTE FUNCTION rukhsa_append_only();
    CREATE TRIGGER catalogue_approval_append_only BEFORE UPDATE OR DELETE ON catalogue_approval
    FOR EACH ROW EXECUTE FUNCTION rukhsa_append_only();
    CREATE TRIGGER catalogue_proposalrefusal_append_only BEFORE UPDATE OR DELETE ON catalogue_proposalrefusal
    FOR EACH ROW EXECUTE FUNCTION rukhsa_append_only();
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
    """,
)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField(
            "ServiceProposal",
            "state",
            models.CharField(
                choices=[("proposed", "Proposed"), ("approved", "Approved"), ("refused", "Refused")],
                default="proposed",
                max_length=8,
            ),
        ),
        migrations.AddField("ServiceProposal", "refusal", models.CharField(blank=True, default="", max_length=400)),
        migrations.AlterField("ServiceProposal", "refusal", models.CharField(blank=True, max_length=400)),
        migrations.AddField(
            "ServiceProposal",
            "decided_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("ServiceProposal", "decided_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "ServiceProposal",
            "version",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalogue.serviceversion",
            ),
        ),
        MOVE_DECISIONS,
        migrations.DeleteModel("Approval"),
        migrations.DeleteModel("ProposalRefusal"),
        migrations.AddConstraint(
            "ServiceProposal",
            models.CheckConstraint(
                condition=models.Q(state__in=["proposed", "refused"])
                | models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("proposed_by")),
                name="serviceproposal_approved_by_another",
            ),
        ),
        migrations.AddConstraint(
            "ServiceProposal",
            models.CheckConstraint(
                condition=models.Q(state="approved", version__isnull=False)
                | (~models.Q(state="approved") & models.Q(version=None)),
                name="an_approved_proposal_is_a_version",
            ),
        ),
        decided_once("catalogue_serviceproposal", "version_id"),
    ]
