"""Places of status lists that stand for no instrument."""

import django.db.models.deletion
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("issuance", "0008_time_stamps"), ("authorities", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Decoy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("status_list", models.PositiveIntegerField()),
                ("status_index", models.PositiveIntegerField()),
                ("status", models.PositiveSmallIntegerField()),
                ("until", models.DateTimeField(null=True)),
                ("at", models.DateTimeField()),
                ("authority", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="authorities.authority")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("authority", "status_list", "status_index"), name="decoy_once")
                ],
            },
        ),
        append_only("issuance_decoy"),
    ]
