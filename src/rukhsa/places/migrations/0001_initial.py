"""Blocks and parcels by numbered lists, the register of addresses, what is occupied and which seats are taken."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only
from rukhsa.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("places", "0002_register_and_occupation"),
        ("places", "0003_the_register_is_written_once"),
        ("places", "0004_slots"),
        ("places", "0005_occupied_by_reference"),
        ("places", "0006_lists_of_blocks"),
        ("places", "0007_occupations_by_licence"),
        ("places", "0008_parcels"),
    ]

    dependencies = [("authorities", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="Block",
                fields=[
                    ("number", models.PositiveIntegerField(primary_key=True, serialize=False)),
                    ("area_ar", models.CharField(blank=True, max_length=80)),
                    ("area_en", models.CharField(blank=True, max_length=80)),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                    ("since", models.DateField(null=True)),
                ],
            ),
            migrations.CreateModel(
                name="BlockList",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("number", models.PositiveIntegerField(unique=True)),
                    ("effective_from", models.DateField()),
                    ("source", models.CharField(max_length=200)),
                    ("digest", models.CharField(max_length=64)),
                    ("refused", models.PositiveIntegerField()),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("digest", "effective_from"), name="a_list_is_imported_once_for_a_day")],
                },
            ),
            migrations.CreateModel(
                name="BlockEntry",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("area_ar", models.CharField(blank=True, max_length=80)),
                    ("area_en", models.CharField(blank=True, max_length=80)),
                    ("source", models.CharField(max_length=200)),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                    ("block", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="places.block")),
                    ("list", models.ForeignKey(on_delete=models.PROTECT, related_name="entries", to="places.blocklist")),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("block", "list"), name="a_list_names_a_block_once")],
                },
            ),
            migrations.CreateModel(
                name="ParcelList",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("number", models.PositiveIntegerField(unique=True)),
                    ("effective_from", models.DateField()),
                    ("source", models.CharField(max_length=200)),
                    ("digest", models.CharField(max_length=64)),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("digest", "effective_from"), name="parcels_are_imported_once_for_a_day")
                    ],
                },
            ),
            migrations.CreateModel(
                name="ParcelEntry",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("number", models.CharField(max_length=20)),
                    ("geometry", models.JSONField(null=True)),
                    ("measure", models.DecimalField(decimal_places=1, max_digits=14, null=True)),
                    ("west", models.FloatField(null=True)),
                    ("south", models.FloatField(null=True)),
                    ("east", models.FloatField(null=True)),
                    ("north", models.FloatField(null=True)),
                    ("block", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="places.block")),
                    ("list", models.ForeignKey(on_delete=models.PROTECT, related_name="entries", to="places.parcellist")),
                ],
                options={
                    "indexes": [
                        django.contrib.postgres.indexes.GistIndex(
                            models.Func(
                                models.Func(models.F("west"), models.F("south"), function="point"),
                                models.Func(models.F("east"), models.F("north"), function="point"),
                                function="box",
                                output_field=models.TextField(),
                            ),
                            name="parcels_by_ground",
                        ),
                        models.Index(fields=["block", "number"], name="parcels_by_block"),
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("number", "list"), name="a_list_names_a_parcel_once"),
                        models.CheckConstraint(
                            condition=(
                                models.Q(
                                    east__isnull=True,
                                    geometry__isnull=True,
                                    measure=None,
                                    north__isnull=True,
                                    south__isnull=True,
                                    west__isnull=True,
                                )
                            )
                            | (
                                models.Q(
                                    east__isnull=False,
                                    geometry__isnull=False,
                                    measure__gt=0,
                                    north__isnull=False,
                                    south__isnull=False,
                                    west__isnull=False,
                                )
                            ),
                            name="a_parcel_has_ground_or_is_no_more",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RegisterChange",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("building", models.CharField(max_length=6)),
                    ("road", models.PositiveIntegerField()),
                    ("flat", models.CharField(blank=True, max_length=6)),
                    ("entered", models.BooleanField()),
                    ("instrument", models.CharField(max_length=40)),
                    ("at", models.DateTimeField()),
                    ("actor", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("block", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="places.block")),
                ],
                options={
                    "indexes": [models.Index(fields=["block", "road", "building", "flat"], name="register_by_address")],
                    "constraints": [
                        models.UniqueConstraint(fields=("instrument", "entered"), name="one_entry_and_one_strike_an_instrument")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Occupation",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("reference", models.CharField(max_length=40, unique=True)),
                    ("geometry", models.JSONField()),
                    ("start", models.DateField()),
                    ("end", models.DateField()),
                    ("instrument", models.CharField(blank=True, max_length=40)),
                    ("address", models.JSONField(null=True)),
                    ("block", models.PositiveIntegerField(db_index=True, null=True)),
                ],
                options={
                    "constraints": [models.CheckConstraint(condition=models.Q(start__lte=models.F("end")), name="starts_before_it_ends")],
                    "indexes": [
                        models.Index(condition=~models.Q(instrument=""), fields=["instrument", "-end"], name="occupations_by_licence")
                    ],
                },
            ),
            migrations.CreateModel(
                name="OccupiedCell",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("cell", django.contrib.postgres.fields.ranges.BigIntegerRangeField()),
                    ("period", django.contrib.postgres.fields.ranges.DateRangeField()),
                    ("occupation", models.ForeignKey(on_delete=models.CASCADE, related_name="cells", to="places.occupation")),
                ],
                options={
                    "constraints": [
                        django.contrib.postgres.constraints.ExclusionConstraint(
                            expressions=[("cell", "&&"), ("period", "&&")], name="one_occupation_at_a_place_and_time"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Seat",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("list", models.CharField(max_length=60)),
                    ("place", models.CharField(max_length=60)),
                    ("number", models.PositiveIntegerField()),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("list", "place", "number"), name="each_seat_once")],
                },
            ),
            migrations.CreateModel(
                name="Taking",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("reference", models.CharField(max_length=40, unique=True)),
                    ("period", django.contrib.postgres.fields.ranges.DateRangeField()),
                    ("seat", models.ForeignKey(on_delete=models.PROTECT, related_name="takings", to="places.seat")),
                ],
                options={
                    "constraints": [
                        django.contrib.postgres.constraints.ExclusionConstraint(
                            expressions=[
                                (models.Func(models.F("seat"), models.F("seat"), models.Value("[]"), function="int8range"), "&&"),
                                ("period", "&&"),
                            ],
                            name="one_taking_of_a_seat_at_a_time",
                        )
                    ],
                },
            ),
        ),
        append_only(
            "places_registerchange",
            "places_blocklist",
            "places_blockentry",
            "places_parcellist",
            "places_parcelentry",
        ),
    ]
