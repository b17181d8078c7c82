"""Citizens of the Gulf Cooperation Council and government bodies apply too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField("company", "is_government", models.BooleanField(default=False)),
        migrations.AlterField(
            "person",
            "kind",
            models.CharField(
                choices=[
                    ("citizen", "Citizen"),
                    ("gcc", "Gcc"),
                    ("resident", "Resident"),
                    ("investor", "Investor"),
                    ("staff", "Staff"),
                ],
                max_length=10,
            ),
        ),
    ]
