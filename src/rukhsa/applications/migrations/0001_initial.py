"""Applications, their attachments, steps, terms and renewals."""

import uuid

from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only
from rukhsa.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("applications", "0002_facts_are_written_once"),
        ("applications", "0003_reference_numbers"),
        ("applications", "0004_reach_without_answers"),
        ("applications", "0005_process_changes"),
        ("applications", "0006_process_changes_are_written_once"),
        ("applications", "0007_quotas"),
        ("applications", "0008_reopening"),
        ("applications", "0009_terms_and_renewals"),
    ]

    dependencies = [
        ("authorities", "0001_initial"),
        ("catalogue", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="Application",
                fields=[
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("reference", models.CharField(max_length=24, null=True, unique=True)),
                    (
                        "stage",
                        models.CharField(
                            choices=[
                                ("draft", "Draft"),
                                ("submitted", "Submitted"),
                                ("returned", "Returned"),
                                ("granted", "Granted"),
                                ("refused", "Refused"),
                                ("withdrawn", "Withdrawn"),
                                ("lapsed", "Lapsed"),
                            ],
                            default="draft",
                            max_length=10,
                        ),
                    ),
                    ("language", models.CharField(default="ar", max_length=2)),
                    ("typed", models.JSONField(default=dict)),
                    ("answers", models.JSONField(default=dict)),
                    ("created_at", models.DateTimeField()),
                    ("saved_at", models.DateTimeField()),
                    ("submitted_at", models.DateTimeField(null=True)),
                    ("applicant", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    (
                        "authority",
                        models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to="authorities.authority"),
                    ),
                    (
                        "company",
                        models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to="accounts.company"),
                    ),
                    ("service_version", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="catalogue.serviceversion")),
                    (
                        "process_version",
                        models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="catalogue.serviceversion"),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["authority", "stage", "submitted_at"], name="application_queue"),
                        models.Index(fields=["applicant", "-saved_at"], name="application_of_applicant"),
                        models.Index(fields=["company", "-saved_at"], name="application_of_company"),
                        models.Index(fields=["id"], include=("authority", "stage"), name="application_reach"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(stage__in=["draft", "withdrawn"])
                            | (models.Q(authority__isnull=False, reference__isnull=False, submitted_at__isnull=False)),
                            name="submitted_has_reference_and_authority",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Term",
                fields=[
                    (
                        "application",
                        models.OneToOneField(
                            on_delete=models.PROTECT, primary_key=True, related_name="term", serialize=False, to="applications.application"
                        ),
                    ),
                    ("kind", models.CharField(choices=[("pay", "Pay"), ("complete", "Complete")], max_length=8)),
                    ("since", models.DateTimeField()),
                    ("ends_at", models.DateTimeField()),
                    ("remind_at", models.DateTimeField(null=True)),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["ends_at"], name="terms_by_their_end"),
                        models.Index(condition=models.Q(remind_at__isnull=False), fields=["remind_at"], name="terms_to_remind_of"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ProcessChange",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("reason", models.CharField(max_length=400)),
                    ("at", models.DateTimeField()),
                    ("after", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="catalogue.serviceversion")),
                    (
                        "application",
                        models.ForeignKey(on_delete=models.PROTECT, related_name="process_changes", to="applications.application"),
                    ),
                    ("before", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="catalogue.serviceversion")),
                    ("officer", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "ordering": ["id"],
                },
            ),
            migrations.CreateModel(
                name="Step",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "act",
                        models.CharField(
                            choices=[
                                ("submit", "Submit"),
                                ("return", "Return"),
                                ("resubmit", "Resubmit"),
                                ("withdraw", "Withdraw"),
                                ("grant", "Grant"),
                                ("refuse", "Refuse"),
                                ("reopen", "Reopen"),
                                ("lapse", "Lapse"),
                            ],
                            max_length=10,
                        ),
                    ),
                    (
                        "stage_before",
                        models.CharField(
                            choices=[
                                ("draft", "Draft"),
                                ("submitted", "Submitted"),
                                ("returned", "Returned"),
                                ("granted", "Granted"),
                                ("refused", "Refused"),
                                ("withdrawn", "Withdrawn"),
                                ("lapsed", "Lapsed"),
                            ],
                            max_length=10,
                        ),
                    ),
                    (
                        "stage_after",
                        models.CharField(
                            choices=[
                                ("draft", "Draft"),
                                ("submitted", "Submitted"),
                                ("returned", "Returned"),
                                ("granted", "Granted"),
                                ("refused", "Refused"),
                                ("withdrawn", "Withdrawn"),
                                ("lapsed", "Lapsed"),
                            ],
                            max_length=10,
                        ),
                    ),
                    ("at", models.DateTimeField()),
                    ("content", models.JSONField(default=dict)),
                    ("actor", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("application", models.ForeignKey(on_delete=models.PROTECT, related_name="steps", to="applications.application")),
                ],
                options={
                    "ordering": ["id"],
                },
            ),
            migrations.CreateModel(
                name="Attachment",
                fields=[
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("document", models.CharField(max_length=60)),
                    ("name", models.CharField(max_length=200)),
                    ("digest", models.CharField(max_length=64)),
                    ("media_type", models.CharField(max_length=40)),
                    ("size", models.PositiveIntegerField()),
                    ("added_at", models.DateTimeField()),
                    ("removed_at", models.DateTimeField(null=True)),
                    ("added_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("application", models.ForeignKey(on_delete=models.PROTECT, related_name="attachments", to="applications.application")),
                ],
            ),
            migrations.CreateModel(
                name="QuotaUse",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("quota", models.CharField(max_length=60)),
                    ("holder", models.CharField(max_length=200)),
                    ("since", models.DateField()),
                    ("number", models.PositiveIntegerField()),
                    (
                        "application",
                        models.OneToOneField(on_delete=models.PROTECT, related_name="quota_use", to="applications.application"),
                    ),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("quota", "holder", "since", "number"), name="quota_used_once")],
                },
            ),
            migrations.CreateModel(
                name="Renewing",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("number", models.CharField(max_length=40)),
                    ("application", models.OneToOneField(on_delete=models.PROTECT, related_name="renewing", to="applications.application")),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("number",), name="one_renewal_at_a_time")],
                },
            ),
        ),
        # A transaction that is rolled back never gives a number again.
        migrations.RunSQL("CREATE SEQUENCE applications_reference", "DROP SEQUENCE applications_reference"),
        append_only(
            "applications_step",
            "applications_processchange",
        ),
    ]
