"""Consents, their answers and their ends."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only
from rukhsa.tables import CreateTables

PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    initial = True

    dependencies = [("accounts", "0003_what_ekey_tells")]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="Consent",
                fields=[
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("owner_number", models.CharField(max_length=20)),
                    ("services", models.JSONField()),
                    ("until", models.DateField()),
                    ("code", models.CharField(max_length=6)),
                    ("asked_at", models.DateTimeField()),
                    ("agent", models.ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("company", models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="accounts.company")),
                ],
                options={
                    "indexes": [models.Index(fields=["owner_number", "-asked_at"], name="consents_of_owner")],
                },
            ),
            migrations.CreateModel(
                name="ConsentAnswer",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("given", models.BooleanField()),
                    ("at", models.DateTimeField()),
                    ("consent", models.OneToOneField(on_delete=PROTECT, related_name="answer", to="consents.consent")),
                    ("owner", models.ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name="ConsentEnd",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("at", models.DateTimeField()),
                    ("by", models.ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("consent", models.OneToOneField(on_delete=PROTECT, related_name="end", to="consents.consent")),
                ],
            ),
        ),
        append_only("consents_consent", "consents_consentanswer", "consents_consentend"),
    ]
