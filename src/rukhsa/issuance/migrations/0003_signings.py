"""What the signer gave within the hour, and that an authority reached its cap."""

from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("authorities", "0001_initial"), ("issuance", "0002_registers_in_versions")]

    operations = [
        migrations.CreateModel(
            name="Signing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(max_length=10)),
                ("count", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["authority", "purpose", "at"], include=["count"], name="signings_by_their_hour"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CapAlarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(max_length=10)),
                ("cap", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
            ],
            options={
                "indexes": [models.Index(fields=["authority", "purpose", "-at"], name="alarms_newest_first")],
            },
        ),
        append_only("issuance_signing", "issuance_capalarm"),
    ]
