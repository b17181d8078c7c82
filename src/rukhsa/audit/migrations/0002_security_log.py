"""The security log: which entries belong to it, and the ways in which it is read."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.AddField("journalentry", "is_security", models.BooleanField(default=False, db_default=False)),
        *(
            migrations.AddIndex("journalentry", models.Index(fields=fields, condition=Q(is_security=True), name=name))
            for fields, name in (
                (["-id"], "security_newest"),
                (["act", "-id"], "security_by_act"),
                (["actor", "-id"], "security_by_actor"),
                (["subject", "-id"], "security_by_subject"),
            )
        ),
    ]
