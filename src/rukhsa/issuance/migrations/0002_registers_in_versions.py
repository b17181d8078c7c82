"""Registers are read in versions; a row may have no number and no whole day, and no day is invented for it."""

from django.db import migrations, models

from rukhsa.audit.append_only import append_only

# Every row was read by year and month, so that the month is all that is known of its day.
DAY_AS_RECORDED = migrations.RunSQL(
    """
    ALTER TABLE issuance_legacydocument RENAME COLUMN issued_on TO issued;
    ALTER TABLE issuance_legacydocument ALTER COLUMN issued TYPE varchar(10) USING to_char(issued, 'YYYY-MM');
    """,
    """
    ALTER TABLE issuance_legacydocument ALTER COLUMN issued TYPE date USING to_date(issued, 'YYYY-MM');
    ALTER TABLE issuance_legacydocument RENAME COLUMN issued TO issued_on;
    """,
    state_operations=[
        migrations.RenameField("LegacyDocument", "issued_on", "issued"),
        migrations.AlterField("LegacyDocument", "issued", models.CharField(max_length=10)),
    ],
)


class Migration(migrations.Migration):
    dependencies = [("issuance", "0001_initial")]

    operations = [
        DAY_AS_RECORDED,
        migrations.RemoveConstraint("LegacyDocument", "legacy_number_once_a_register"),
        migrations.AddField("LegacyDocument", "fingerprint", models.CharField(default="", max_length=64)),
        migrations.AddField("LegacyDocument", "expires", models.DateField(null=True)),
        migrations.AddField("LegacyDocument", "answers", models.JSONField(null=True)),
        migrations.AddField(
            "LegacyDocument",
            "first",
            models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="issuance.legacydocument"),
        ),
        migrations.AddField(
            "LegacyDocument",
            "replaces",
            models.OneToOneField(
                null=True, on_delete=models.PROTECT, related_name="replaced_by", to="issuance.legacydocument"
            ),
        ),
        migrations.AddConstraint(
            "LegacyDocument",
            models.UniqueConstraint(
                condition=models.Q(("replaces", None)),
                fields=("register", "number", "fingerprint"),
                name="legacy_document_begins_once",
            ),
        ),
        migrations.AddIndex(
            "LegacyDocument", models.Index(fields=["register", "row_number", "id"], name="legacy_in_order")
        ),
        migrations.AddIndex(
            "LegacyDocument", models.Index(fields=["register", "fingerprint"], name="legacy_by_fingerprint")
        ),
        migrations.CreateModel(
            name="LegacyOmission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "document",
                    models.OneToOneField(
                        on_delete=models.PROTECT, related_name="omission", to="issuance.legacydocument"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="issuance.legacyimport"),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="LegacyRefusal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=models.PROTECT, related_name="refusals", to="issuance.legacydocument"
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("document", "code", "reason"), name="legacy_refused_once_a_reason"
                    )
                ],
            },
        ),
        append_only("issuance_legacyomission", "issuance_legacyrefusal"),
    ]
