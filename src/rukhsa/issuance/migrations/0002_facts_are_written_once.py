"""The tables of facts of this room become append-only."""

from django.db import migrations

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("issuance", "0001_initial")]

    operations = [append_only("issuance_intent", "issuance_instrument", "issuance_suspension", "issuance_reinstatement", "issuance_revocation")]
