"""Surveys: what was delivered of one kind of ground, such as the buildings, in versions that count from a day."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.contrib.postgres.indexes import GistIndex
from django.db import connection, models
from django.db.models import F, QuerySet

from rukhsa.places.parcel import Box, box_of


class Kind(models.TextChoices):
    """What a survey can be of. Parcels and the list of blocks have tables of their own."""

    GOVERNORATE = "governorate"
    BLOCK = "block"
    ROAD = "road"
    BUILDING = "building"
    ZONE = "zone"


class Survey(models.Model):
    """A file that was delivered of one kind of ground, for the whole territory or for a part of it. Written once.

    It counts from its day on, once a `SurveyVersion` says that it was read to its end, and until a newer one of the
    same kind and part.
    """

    kind = models.CharField(max_length=12, choices=Kind)
    part = models.CharField(max_length=60, blank=True)
    effective_from = models.DateField()
    source = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # SHA-256 of the file, and of how it was read, in hex
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "part", "digest", "effective_from"], name="a_survey_is_entered_once_for_a_day"
            )
        ]


class SurveyVersion(models.Model):
    """That a survey was read to its end, and is version `number` of its kind. Written once."""

    survey = models.OneToOneField(Survey, models.PROTECT, related_name="version")
    kind = models.CharField(max_length=12, choices=Kind)
    number = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="a_version_of_a_kind_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.number}"


class Feature(models.Model):
    """One thing on the ground, as a row of a survey has it. Written once."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="features")
    row = models.PositiveIntegerField()
    number = models.CharField(
        max_length=60, blank=True
    )  # of a block, a building or a road; several with commas
    block = models.PositiveIntegerField(null=True)
    road = models.CharField(max_length=60, blank=True)  # of a building: number or name
    name_ar = models.CharField(max_length=80, blank=True)
    name_en = models.CharField(max_length=80, blank=True)
    sort = models.CharField(max_length=60, blank=True)  # the kind of a zone, the class of a road
    geometry = models.JSONField()  # GeoJSON
    measure = models.DecimalField(max_digits=14, decimal_places=1)  # m² of an area, metres of a line
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "row"], name="a_row_of_a_survey_once")]
        indexes = [
            GistIndex(box_of(F("west"), F("south"), F("east"), F("north")), name="features_by_ground"),
            models.Index(fields=["survey", "block", "road", "number"], name="features_by_address"),
            models.Index(fields=["survey", "number"], name="features_by_number"),
        ]


@dataclass(frozen=True, kw_only=True)
class Found:
    """A feature that a look at the ground found, with its kind."""

    kind: str
    number: str
    block: int | None
    road: str
    name_ar: str
    name_en: str
    sort: str
    geometry: dict[str, Any]


def in_force(on: date, *kinds: Kind) -> QuerySet[Survey]:
    """The surveys that count on a day: the newest of each kind and part that was read to its end."""
    whole = Survey.objects.filter(
        kind__in=kinds or Kind.values, version__isnull=False, effective_from__lte=on
    )
    return whole.order_by("kind", "part", "-effective_from", "-version__number").distinct("kind", "part")


def features_within(view: Box, *, on: date, kinds: Iterable[Kind], most: int) -> list[Found]:
    """The features whose box meets a box in degrees on a day, at most so many, from the middle outward.

    One query, by the index.
    """
    west, south, east, north = view
    edges = {"west": west, "south": south, "east": east, "north": north}
    return _found(_WITHIN, edges | {"on": on, "kinds": [*kinds], "most": most})


def buildings_at(block: int, road: str, number: str, *, on: date) -> list[Found]:
    """The buildings of an address on a day: one row may have several numbers; one query, by the index."""
    told = {"on": on, "kinds": [Kind.BUILDING], "block": block, "road": road, "number": number}
    return _found(_AT_ADDRESS, told)


def ground_of_block(block: int, *, on: date) -> list[Found]:
    """The ground of a block on a day, in one part or several; one query, by the index."""
    return _found(_OF_BLOCK, {"on": on, "kinds": [Kind.BLOCK], "block": block})


def roads_called(block: int | None, road: str, *, on: date) -> list[Found]:
    """The lines of a road on a day, by its number or name, those of the block first; one query."""
    return _found(_OF_ROAD, {"on": on, "kinds": [Kind.ROAD], "block": block, "road": road})


def extent_of_block(block: int, *, on: date) -> Box | None:
    """The box around all that surveys and lists of parcels have in a block on a day; None for nothing. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_EXTENT, {"on": on, "kinds": [Kind.BUILDING, Kind.ROAD], "block": block})
        west, south, east, north = cursor.fetchone()
    return None if west is None else (west, south, east, north)


def _found(statement: str, told: dict[str, Any]) -> list[Found]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_COUNTING} {statement}", told)
        return [
            Found(
                kind=kind,
                number=number,
                block=block,
                road=road,
                name_ar=arabic,
                name_en=english,
                sort=sort,
                geometry=json.loads(geometry),  # Django gives JSON as text
            )
            for kind, number, block, road, arabic, english, sort, geometry in cursor.fetchall()
        ]


# By the ORM the box would be three nested functions with every number written twice.
_COUNTING: Final = """
    WITH counting AS (
        SELECT DISTINCT ON (survey.kind, survey.part) survey.id, survey.kind
        FROM places_survey AS survey JOIN places_surveyversion AS version ON version.survey_id = survey.id
        WHERE survey.effective_from <= %(on)s AND survey.kind = ANY(%(kinds)s)
        ORDER BY survey.kind, survey.part, survey.effective_from DESC, version.number DESC
    )
    SELECT counting.kind, feature.number, feature.block, feature.road, feature.name_ar, feature.name_en,
           feature.sort, feature.geometry
    FROM places_feature AS feature JOIN counting ON counting.id = feature.survey_id
"""
_EXTENT: Final = """
    WITH counting AS (
        SELECT DISTINCT ON (survey.kind, survey.part) survey.id
        FROM places_survey AS survey JOIN places_surveyversion AS version ON version.survey_id = survey.id
        WHERE survey.effective_from <= %(on)s AND survey.kind = ANY(%(kinds)s)
        ORDER BY survey.kind, survey.part, survey.effective_from DESC, version.number DESC
    )
    SELECT min(west), min(south), max(east), max(north) FROM (
        SELECT feature.west, feature.south, feature.east, feature.north
        FROM places_feature AS feature JOIN counting ON counting.id = feature.survey_id
        WHERE feature.block = %(block)s
        UNION ALL
        SELECT entry.west, entry.south, entry.east, entry.north
        FROM places_parcelentry AS entry JOIN places_parcellist AS list ON list.id = entry.list_id
        WHERE entry.block_id = %(block)s AND list.effective_from <= %(on)s
    ) AS here
"""
_WITHIN: Final = """
    WHERE box(point(feature.west, feature.south), point(feature.east, feature.north))
       && box(point(%(west)s, %(south)s), point(%(east)s, %(north)s))
    ORDER BY (feature.west + feature.east - %(west)s - %(east)s) ^ 2
           + (feature.south + feature.north - %(south)s - %(north)s) ^ 2, feature.id
    LIMIT %(most)s
"""
_AT_ADDRESS: Final = """
    WHERE feature.block = %(block)s AND feature.road = %(road)s
    AND (feature.number = %(number)s OR %(number)s = ANY(string_to_array(feature.number, ',')))
    ORDER BY feature.id LIMIT 20
"""
_OF_BLOCK: Final = "WHERE feature.block = %(block)s ORDER BY feature.id LIMIT 20"
_OF_ROAD: Final = """
    WHERE (feature.number = %(road)s OR feature.name_ar = %(road)s OR feature.name_en = %(road)s)
    ORDER BY feature.block IS DISTINCT FROM %(block)s, feature.id LIMIT 20
"""


def rows_near(survey: Survey, boxes: Iterable[Box], *, before: int) -> QuerySet[Feature]:
    """The features of a survey, of rows before one, whose box overlaps one of these; by the index of boxes."""
    with connection.cursor() as cursor:
        edges = [list(edge) for edge in zip(*boxes, strict=True)] or [[]] * 4
        cursor.execute(_NEAR, [*edges, survey.pk, before])
        keys = [key for (key,) in cursor.fetchall()]
    return Feature.objects.filter(pk__in=keys)


def learn_features() -> None:
    """Let the planner learn what was entered, instead of within the minutes after."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE places_feature")


# Of a table that is being filled the planner knows nothing, and would compare every row with every box. So each box is
# looked up by itself (OFFSET 0), and by no index that has every row of the survey (+ 0).
_NEAR: Final = """
    SELECT DISTINCT near.id
    FROM unnest(%s::float8[], %s::float8[], %s::float8[], %s::float8[]) AS wanted (west, south, east, north),
    LATERAL (
        SELECT feature.id FROM places_feature AS feature
        WHERE box(point(feature.west, feature.south), point(feature.east, feature.north))
           && box(point(wanted.west, wanted.south), point(wanted.east, wanted.north))
        AND feature.survey_id + 0 = %s AND feature.row + 0 < %s
        OFFSET 0
    ) AS near
"""
