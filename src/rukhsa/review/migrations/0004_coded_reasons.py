"""Decisions and proposals name the coded reasons that were chosen, beside the officer's own words."""

from django.db import migrations, models

from rukhsa.audit.append_only import append_only


def _note(model):
    return migrations.AddField(model, "note", models.TextField(blank=True, default=""), preserve_default=False)


def _coded(model):
    return migrations.AddField(
        model, "coded", models.ManyToManyField(related_name="+", to="catalogue.reason")
    )


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_reasons"), ("review", "0003_appointments")]

    operations = [
        _coded("decision"),
        _note("decision"),
        _coded("proposal"),
        _note("proposal"),
        append_only("review_decision_coded", "review_proposal_coded"),
    ]
