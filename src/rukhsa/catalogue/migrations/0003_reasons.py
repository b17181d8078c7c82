"""Coded reasons, in versions that are never changed."""

import django.contrib.postgres.fields
from django.db import migrations, models

from rukhsa.audit.append_only import append_only

USES = [
    ("refusal", "Refusal"),
    ("return", "Return"),
    ("suspension", "Suspension"),
    ("revocation", "Revocation"),
    ("correction", "Correction"),
]


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_approved_by_two")]

    operations = [
        migrations.CreateModel(
            name="Reason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60)),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "uses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(choices=USES, max_length=12), size=None
                    ),
                ),
                (
                    "services",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SlugField(max_length=60), default=list, size=None
                    ),
                ),
                ("text_ar", models.CharField(max_length=400)),
                ("text_en", models.CharField(max_length=400)),
                ("basis_ar", models.CharField(blank=True, max_length=400)),
                ("basis_en", models.CharField(blank=True, max_length=400)),
                ("is_ended", models.BooleanField(default=False)),
                ("from_file", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
            ],
            options={"ordering": ["code", "number"]},
        ),
        migrations.AddConstraint(
            model_name="reason",
            constraint=models.UniqueConstraint(fields=("code", "number"), name="reason_version_once"),
        ),
        append_only("catalogue_reason"),
    ]
