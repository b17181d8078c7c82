"""A decision of two officers names who proposed it, and the database keeps it from being confirmed by the same."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0006_records_two_officers_and_sittings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "decision",
            "proposed_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            "decision",
            models.CheckConstraint(
                condition=models.Q(proposed_by=None) | ~models.Q(officer=models.F("proposed_by")),
                name="decision_confirmed_by_another",
            ),
        ),
    ]
