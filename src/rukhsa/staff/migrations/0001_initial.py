"""Invitations, changes that two agree on, limits on guessing, and the one-time codes that were used."""

import uuid

from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from rukhsa.audit.append_only import append_only
from rukhsa.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("authorities", "0002_roles_of_administration"),
        ("mfa", "0003_authenticator_type_uniq"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

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
            migrations.CreateModel(
                name="Invitation",
                fields=[
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("at", models.DateTimeField()),
                    ("ends_at", models.DateTimeField()),
                    (
                        "made_by",
                        models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                    ),
                    ("person", models.ForeignKey(on_delete=models.PROTECT, related_name="invitations", to=settings.AUTH_USER_MODEL)),
                ],
                options={"indexes": [models.Index(fields=["person", "-at"], name="invitations_newest_first")]},
            ),
            migrations.CreateModel(
                name="InvitationUse",
                fields=[
                    (
                        "invitation",
                        models.OneToOneField(
                            on_delete=models.PROTECT, primary_key=True, related_name="use", serialize=False, to="staff.invitation"
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name="Letter",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("kind", models.CharField(max_length=20)),
                    ("at", models.DateTimeField()),
                    ("sent_at", models.DateTimeField(null=True)),
                    (
                        "invitation",
                        models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="staff.invitation"),
                    ),
                    ("person", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name="StaffChange",
                fields=[
                    (
                        "state",
                        models.CharField(
                            choices=[("proposed", "Proposed"), ("approved", "Approved"), ("refused", "Refused")],
                            default="proposed",
                            max_length=8,
                        ),
                    ),
                    ("refusal", models.CharField(blank=True, max_length=400)),
                    ("proposed_at", models.DateTimeField()),
                    ("decided_at", models.DateTimeField(null=True)),
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("act", models.CharField(choices=[("post", "Post"), ("reset", "Reset")], max_length=5)),
                    ("role", models.CharField(blank=True, max_length=20)),
                    ("starts_on", models.DateField(null=True)),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                    (
                        "decided_by",
                        models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                    ),
                    ("instead_of", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="authorities.post")),
                    ("person", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("proposed_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "abstract": False,
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(state__in=["proposed", "refused"])
                            | Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by")),
                            name="staffchange_approved_by_another",
                        ),
                        models.UniqueConstraint(
                            condition=Q(state="proposed"),
                            fields=("act", "person", "authority", "role"),
                            name="one_staff_change_under_way",
                        ),
                    ],
                    "indexes": [models.Index(fields=["authority", "-proposed_at"], name="staff_changes_newest")],
                },
            ),
        ),
        append_only("staff_invitation", "staff_invitationuse"),
    ]
