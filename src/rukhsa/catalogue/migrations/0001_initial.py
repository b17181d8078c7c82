"""Versions of services and the proposals they come from, written once."""

import uuid

from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only
from rukhsa.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("catalogue", "0002_facts_are_written_once"),
        ("catalogue", "0003_proposals"),
        ("catalogue", "0004_proposals_are_written_once"),
        ("catalogue", "0005_what_a_proposal_changes_is_kept"),
    ]

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="ServiceVersion",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("service", models.SlugField(max_length=60)),
                    ("number", models.PositiveIntegerField()),
                    ("source_text", models.TextField()),
                    ("meaning", models.JSONField()),
                    ("digest", models.CharField(max_length=64)),
                    ("published_at", models.DateTimeField()),
                    ("published_by", models.UUIDField(null=True)),
                    ("effective_on", models.DateField(null=True)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("service", "number"), name="service_version_once"),
                        models.UniqueConstraint(fields=("service", "digest"), name="service_meaning_once"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ServiceProposal",
                fields=[
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("service", models.SlugField(max_length=60)),
                    ("source_text", models.TextField()),
                    ("text_digest", models.CharField(max_length=64)),
                    ("effective_on", models.DateField()),
                    ("proposed_at", models.DateTimeField()),
                    ("based_on", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="catalogue.serviceversion")),
                    ("proposed_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("difference", models.JSONField(default=dict)),
                ],
                options={
                    "indexes": [models.Index(fields=["service", "-proposed_at"], name="proposals_of_a_service")],
                },
            ),
            migrations.CreateModel(
                name="Approval",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("at", models.DateTimeField()),
                    ("approved_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("proposed_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("version", models.OneToOneField(on_delete=models.PROTECT, related_name="+", to="catalogue.serviceversion")),
                    ("proposal", models.OneToOneField(on_delete=models.PROTECT, related_name="approval", to="catalogue.serviceproposal")),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=~models.Q(approved_by=models.F("proposed_by")), name="a_version_needs_a_second_person"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ProposalRefusal",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("reason", models.CharField(max_length=400)),
                    ("at", models.DateTimeField()),
                    ("proposal", models.OneToOneField(on_delete=models.PROTECT, related_name="refusal", to="catalogue.serviceproposal")),
                    ("refused_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
            ),
        ),
        append_only(
            "catalogue_serviceversion",
            "catalogue_serviceproposal",
            "catalogue_approval",
            "catalogue_proposalrefusal",
        ),
    ]
