"""Notices to people, and what was delivered to whom."""

import uuid

from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only
from rukhsa.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("delivery", "0002_facts_are_written_once"),
    ]

    dependencies = [("applications", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="Notice",
                fields=[
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("event", models.CharField(max_length=60)),
                    ("channel", models.CharField(choices=[("sms", "Sms"), ("mail", "Mail")], max_length=10)),
                    ("language", models.CharField(max_length=2)),
                    ("facts", models.JSONField(default=dict)),
                    ("created_at", models.DateTimeField()),
                    ("sent_at", models.DateTimeField(null=True)),
                    ("failures", models.PositiveSmallIntegerField(default=0)),
                    ("last_failure", models.CharField(blank=True, max_length=200)),
                    ("application", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="applications.application")),
                    ("person", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "indexes": [models.Index(condition=models.Q(sent_at=None), fields=["created_at"], name="notices_to_send")],
                    "constraints": [models.UniqueConstraint(fields=("application", "event", "channel"), name="told_once_a_channel")],
                },
            ),
            migrations.CreateModel(
                name="Delivery",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("channel", models.CharField(max_length=20)),
                    ("at", models.DateTimeField()),
                    ("application", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="applications.application")),
                    ("person", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
            ),
        ),
        append_only(
            "delivery_delivery",
        ),
    ]
