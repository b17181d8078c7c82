"""People, companies, and who acts for which."""

import uuid

import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from rukhsa.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("accounts", "0002_investors"),
    ]

    dependencies = []

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="Person",
                fields=[
                    ("password", models.CharField(max_length=128, verbose_name="password")),
                    ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("email", models.EmailField(max_length=254, unique=True)),
                    ("phone", models.CharField(blank=True, max_length=20)),
                    ("name_ar", models.CharField(blank=True, max_length=120)),
                    ("name_en", models.CharField(blank=True, max_length=120)),
                    (
                        "kind",
                        models.CharField(
                            choices=[("citizen", "Citizen"), ("resident", "Resident"), ("investor", "Investor"), ("staff", "Staff")],
                            max_length=10,
                        ),
                    ),
                    ("personal_number", models.CharField(blank=True, max_length=20, null=True, unique=True)),
                    ("language", models.CharField(default="ar", max_length=2)),
                    ("is_active", models.BooleanField(default=True)),
                    ("joined_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ],
            ),
            migrations.CreateModel(
                name="Company",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("registration", models.CharField(max_length=20, unique=True)),
                    ("name_ar", models.CharField(blank=True, max_length=160)),
                    ("name_en", models.CharField(blank=True, max_length=160)),
                ],
            ),
            migrations.CreateModel(
                name="Representation",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("capacity", models.CharField(max_length=40)),
                    ("starts_at", models.DateTimeField()),
                    ("ends_at", models.DateTimeField(blank=True, null=True)),
                    ("company", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="accounts.company")),
                    ("person", models.ForeignKey(on_delete=models.PROTECT, related_name="representations", to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(ends_at=None), fields=("person", "company"), name="one_open_representation"
                        )
                    ],
                },
            ),
        ),
    ]
