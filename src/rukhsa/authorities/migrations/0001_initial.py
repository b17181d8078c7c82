"""Authorities and agencies, their offices, and who holds which post."""

from django.conf import settings
from django.db import migrations, models

from rukhsa.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("authorities", "0002_finance"),
        ("authorities", "0003_committees"),
    ]

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="Authority",
                fields=[
                    ("code", models.CharField(max_length=4, primary_key=True, serialize=False)),
                    ("ordinal", models.PositiveSmallIntegerField(unique=True)),
                ],
            ),
            migrations.CreateModel(
                name="AuthorityName",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("ar", models.CharField(blank=True, max_length=120)),
                    ("en", models.CharField(blank=True, max_length=120)),
                    ("valid_from", models.DateField()),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="names", to="authorities.authority")),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("authority", "valid_from"), name="one_name_at_a_time")],
                },
            ),
            migrations.CreateModel(
                name="Office",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("code", models.SlugField(max_length=40)),
                    ("name_ar", models.CharField(blank=True, max_length=120)),
                    ("name_en", models.CharField(blank=True, max_length=120)),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="offices", to="authorities.authority")),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("authority", "code"), name="office_code_once")],
                },
            ),
            migrations.CreateModel(
                name="Agency",
                fields=[
                    ("code", models.SlugField(max_length=40, primary_key=True, serialize=False)),
                    ("name_ar", models.CharField(blank=True, max_length=120)),
                    ("name_en", models.CharField(blank=True, max_length=120)),
                ],
            ),
            migrations.CreateModel(
                name="Post",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "role",
                        models.CharField(
                            choices=[
                                ("officer", "officer"),
                                ("supervisor", "supervisor"),
                                ("inspector", "inspector"),
                                ("agency-officer", "agency-officer"),
                                ("auditor", "auditor"),
                                ("finance", "finance"),
                                ("committee-member", "committee-member"),
                            ],
                            max_length=20,
                        ),
                    ),
                    ("starts_on", models.DateField()),
                    ("ends_on", models.DateField(blank=True, null=True)),
                    (
                        "agency",
                        models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to="authorities.agency"),
                    ),
                    (
                        "authority",
                        models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to="authorities.authority"),
                    ),
                    (
                        "office",
                        models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to="authorities.office"),
                    ),
                    ("person", models.ForeignKey(on_delete=models.PROTECT, related_name="posts", to=settings.AUTH_USER_MODEL)),
                    ("committee", models.SlugField(blank=True, max_length=60)),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(authority=None) ^ models.Q(agency=None), name="post_in_an_authority_or_an_agency"
                        ),
                        models.CheckConstraint(
                            condition=(models.Q(role="committee-member") & ~models.Q(committee="") & models.Q(agency=None))
                            | (~models.Q(role="committee-member") & models.Q(committee="")),
                            name="a_member_sits_in_a_committee",
                        ),
                    ],
                },
            ),
        ),
    ]
