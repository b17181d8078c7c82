"""Limits on guessing, and the one-time codes that were used."""

from django.db import migrations, models

from rukhsa.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [("mfa", "0003_authenticator_type_uniq")]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="Limit",
                fields=[
                    ("key", models.CharField(max_length=120, primary_key=True, serialize=False)),
                    ("free_at", models.DateTimeField(db_index=True)),
                ],
            ),
            migrations.CreateModel(
                name="UsedCode",
                fields=[
                    (
                        "authenticator",
                        models.OneToOneField(
                            on_delete=models.CASCADE, primary_key=True, related_name="+", serialize=False, to="mfa.authenticator"
                        ),
                    ),
                    ("step", models.BigIntegerField()),
                ],
            ),
        ),
    ]
