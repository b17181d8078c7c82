"""Payouts, waivers and resolutions are agreements: each says why it was refused, and none is approved by nobody."""

from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

KINDS = ("payout", "waiver", "resolution")
NOW = Q(state__in=["proposed", "refused"]) | Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))

# Before two people were asked for, one sent a refund alone: who decided it is known, and nobody proposed it.
DECIDED_ALONE = migrations.RunSQL(
    """
    UPDATE payments_payout SET decided_by_id = proposed_by_id, decided_at = proposed_at, proposed_by_id = NULL
    WHERE decided_by_id IS NULL AND state IN ('sent', 'done');
    SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;
    """,
    migrations.RunSQL.noop,
)


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0009_found_by_index_and_resolved'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameField(model_name='payout', old_name='reason', new_name='refusal'),
        migrations.AddField(
            model_name='resolution', name='refusal', field=models.CharField(blank=True, max_length=400)
        ),
        DECIDED_ALONE,
        *(migrations.RemoveConstraint(model_name=kind, name=f'{kind}_approved_by_another') for kind in KINDS),
        *(
            migrations.AddConstraint(
                model_name=kind,
                constraint=models.CheckConstraint(condition=NOW, name=f'{kind}_approved_by_another'),
            )
            for kind in KINDS
        ),
    ]
