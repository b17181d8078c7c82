"""Lists of blocks, each a version from a day on; what a list says is written once."""

import django.db.models.deletion
from django.db import migrations, models

from rukhsa.audit.append_only import append_only

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [("places", "0005_occupied_by_reference")]

    operations = [
        migrations.AddField("block", "since", models.DateField(null=True)),
        migrations.CreateModel(
            name="BlockList",
            fields=[
                ID,
                ("number", models.PositiveIntegerField(unique=True)),
                ("effective_from", models.DateField()),
                ("source", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("refused", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("digest", "effective_from"), name="a_list_is_imported_once_for_a_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BlockEntry",
            fields=[
                ID,
                ("area_ar", models.CharField(blank=True, max_length=80)),
                ("area_en", models.CharField(blank=True, max_length=80)),
                ("source", models.CharField(max_length=200)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="authorities.authority",
                    ),
                ),
                (
                    "block",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.block"
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="places.blocklist",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("block", "list"), name="a_list_names_a_block_once")
                ],
            },
        ),
        append_only("places_blocklist", "places_blockentry"),
    ]
