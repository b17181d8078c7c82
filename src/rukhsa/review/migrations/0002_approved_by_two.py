"""A proposed decision is an agreement of two people, as a waiver is: its row says who confirmed it, or disagreed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import decided_once

# Disagreements, and the decisions that confirmed a proposal, move into the rows of the proposals. The checks of keys
# are made at once, since PostgreSQL alters no table that still has some to make.
MOVE_DECISIONS = migrations.RunSQL(
    """
    DROP TRIGGER review_proposal_append_only ON review_proposal;
    UPDATE review_proposal AS proposal
    SET state = 'refused', decided_by_id = disagreement.officer_id, decided_at = disagreement.at,
        refusal = disagreement.reasons
    FROM review_disagreement AS disagreement WHERE disagreement.proposal_id = proposal.id;
    UPDATE review_proposal AS proposal
    SET state = 'approved', decided_by_id = decision.officer_id, decided_at = decision.at
    FROM review_decision AS decision
    WHERE decision.proposed_by_id IS NOT NULL AND proposal.id = (
        SELECT max(standing.id) FROM review_proposal AS standing
        WHERE standing.application_id = decision.application_id AND standing.proposed_by_id = decision.proposed_by_id
        AND standing.state = 'proposed' AND standing.proposed_at <= decision.at);
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
    """,
    """
    INSERT INTO review_disagreement (proposal_id, reasons, officer_id, at)
    SELECT id, refusal, decided_by_id, decided_at FROM review_proposal WHERE state = 'refused';
    CREATE TRIGGER review_proposal_append_only BEFORE UPDATE OR DELETE ON review_proposal
    FOR EACH ROW EXECUTE FUNCTION rukhsa_append_only();
    CREATE TRIGGER review_disagreement_append_only BEFORE UPDATE OR DELETE ON review_disagreement
    FOR EACH ROW EXECUTE FUNCTION rukhsa_append_only();
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
    """,
)


class Migration(migrations.Migration):
    dependencies = [("review", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.RenameField("Proposal", "officer", "proposed_by"),
        migrations.RenameField("Proposal", "at", "proposed_at"),
        migrations.AddField(
            "Proposal",
            "state",
            models.CharField(
                choices=[("proposed", "Proposed"), ("approved", "Approved"), ("refused", "Refused")],
                default="proposed",
                max_length=8,
            ),
        ),
        migrations.AddField(
            "Proposal", "refusal", models.TextField(blank=True, default=""), preserve_default=False
        ),
        migrations.AddField(
            "Proposal",
            "decided_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("Proposal", "decided_at", models.DateTimeField(null=True)),
        MOVE_DECISIONS,
        migrations.DeleteModel("Disagreement"),
        migrations.AddConstraint(
            "Proposal",
            models.CheckConstraint(
                condition=models.Q(state__in=["proposed", "refused"])
                | models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("proposed_by")),
                name="proposal_approved_by_another",
            ),
        ),
        migrations.AddConstraint(
            "Proposal",
            models.UniqueConstraint(
                condition=models.Q(state="proposed"),
                fields=("submission",),
                name="one_proposal_waits_a_submission",
            ),
        ),
        migrations.AlterField(
            "QueueEntry",
            "turn",
            models.CharField(
                choices=[
                    ("applicant", "Applicant"),
                    ("authority", "Authority"),
                    ("agency", "Agency"),
                    ("inspector", "Inspector"),
                    ("gateway", "Gateway"),
                    ("system", "System"),
                    ("nobody", "Nobody"),
                ],
                max_length=10,
            ),
        ),
        decided_once("review_proposal"),
    ]
