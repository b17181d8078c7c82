"""Statements of gateways and banks, compared with the ledger, and the settling of each day."""

import uuid

from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only
from rukhsa.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("reconciliation", "0002_facts_are_written_once"),
        ("reconciliation", "0003_settlements"),
    ]

    dependencies = [("authorities", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="Statement",
                fields=[
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("gateway", models.CharField(max_length=20)),
                    ("day", models.DateField()),
                    ("digest", models.CharField(max_length=64)),
                    ("count", models.IntegerField()),
                    ("net", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    ("taken_at", models.DateTimeField()),
                    ("taken_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "indexes": [models.Index(fields=["-day", "gateway"], name="statements_newest_first")],
                    "constraints": [models.UniqueConstraint(fields=("gateway", "day", "digest"), name="statement_taken_in_once")],
                },
            ),
            migrations.CreateModel(
                name="StatementLine",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("row", models.IntegerField()),
                    ("reference", models.CharField(max_length=40)),
                    ("gateway_reference", models.CharField(max_length=80)),
                    ("amount", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    ("at", models.DateTimeField()),
                    ("statement", models.ForeignKey(on_delete=models.PROTECT, related_name="lines", to="reconciliation.statement")),
                    ("is_commission", models.BooleanField(default=False)),
                ],
                options={
                    "indexes": [models.Index(fields=["reference"], name="lines_of_a_payment")],
                    "constraints": [
                        models.UniqueConstraint(fields=("statement", "row"), name="line_of_a_row"),
                        models.CheckConstraint(condition=~models.Q(amount=0), name="line_of_something"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Settlement",
                fields=[
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("count", models.IntegerField()),
                    ("net", models.BigIntegerField()),
                    ("at", models.DateTimeField()),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                    ("person", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("statement", models.ForeignKey(on_delete=models.PROTECT, related_name="settlements", to="reconciliation.statement")),
                ],
            ),
            migrations.CreateModel(
                name="SettledLine",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("gateway", models.CharField(max_length=20)),
                    ("reference", models.CharField(max_length=40)),
                    (
                        "of",
                        models.CharField(
                            choices=[("payment", "Payment"), ("return", "Return"), ("commission", "Commission")], max_length=10
                        ),
                    ),
                    ("booked", models.BigIntegerField()),
                    ("line", models.OneToOneField(on_delete=models.PROTECT, related_name="settled", to="reconciliation.statementline")),
                    ("settlement", models.ForeignKey(on_delete=models.PROTECT, related_name="lines", to="reconciliation.settlement")),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("gateway", "reference", "of"), name="payment_settled_once")],
                },
            ),
            migrations.CreateModel(
                name="Difference",
                fields=[
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("missing-here", "Missing Here"),
                                ("not-settled-here", "Not Settled Here"),
                                ("missing-there", "Missing There"),
                                ("amount", "Amount"),
                                ("twice", "Twice"),
                                ("late", "Late"),
                                ("wrong-day", "Wrong Day"),
                            ],
                            max_length=16,
                        ),
                    ),
                    ("gateway", models.CharField(max_length=20)),
                    ("reference", models.CharField(max_length=40)),
                    ("gateway_reference", models.CharField(blank=True, max_length=80)),
                    ("theirs", models.BigIntegerField(null=True)),
                    ("ours", models.BigIntegerField(null=True)),
                    ("currency", models.CharField(max_length=3)),
                    ("found_at", models.DateTimeField()),
                    ("authority", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                    ("statement", models.ForeignKey(on_delete=models.PROTECT, related_name="differences", to="reconciliation.statement")),
                ],
                options={
                    "indexes": [models.Index(fields=["found_at"], name="differences_oldest_first")],
                    "constraints": [
                        models.UniqueConstraint(fields=("gateway", "kind", "reference", "gateway_reference"), name="difference_found_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Ownership",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("at", models.DateTimeField()),
                    ("difference", models.ForeignKey(on_delete=models.PROTECT, related_name="ownerships", to="reconciliation.difference")),
                    ("given_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("person", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name="Explanation",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("text", models.CharField(max_length=1000)),
                    ("closes", models.BooleanField()),
                    ("at", models.DateTimeField()),
                    (
                        "difference",
                        models.ForeignKey(on_delete=models.PROTECT, related_name="explanations", to="reconciliation.difference"),
                    ),
                    ("person", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(condition=models.Q(closes=True), fields=("difference",), name="difference_closed_once"),
                        models.CheckConstraint(condition=~models.Q(text=""), name="explained_in_words"),
                    ],
                },
            ),
        ),
        append_only(
            "reconciliation_statement",
            "reconciliation_statementline",
            "reconciliation_difference",
            "reconciliation_explanation",
            "reconciliation_ownership",
            "reconciliation_settlement",
            "reconciliation_settledline",
        ),
    ]
