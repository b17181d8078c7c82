"""The tables of facts of this room become append-only."""

from django.db import migrations

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("review", "0001_initial")]

    operations = [append_only("review_assignment", "review_check", "review_finding", "review_opinion", "review_inspectionreport", "review_decision")]
