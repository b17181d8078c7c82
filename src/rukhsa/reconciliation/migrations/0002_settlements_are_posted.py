"""A posting of a settlement names one that there is. `payments` knows the key and not the table, which is of this room."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0001_initial"), ("payments", "0003_postings_name_their_fact")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE payments_posting ADD CONSTRAINT payments_posting_of_a_settlement
                FOREIGN KEY (settlement) REFERENCES reconciliation_settlement (id) DEFERRABLE INITIALLY DEFERRED
            """,
            "ALTER TABLE payments_posting DROP CONSTRAINT payments_posting_of_a_settlement",
        ),
    ]
