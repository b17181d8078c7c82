"""Parcels of land by their numbers: what the newest list in force says about one on a day, and what lies within it."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from django.contrib.postgres.indexes import GistIndex
from django.db import connection, models
from django.db.models import F, Func, OuterRef, Q, QuerySet, Subquery

from rukhsa.errors import RukhsaError
from rukhsa.late import shapes
from rukhsa.places.block import Block
from rukhsa.values.writing import WritingError, clean, latin_digits

LONGEST_NUMBER: Final = 20
METRE: Final = 1 / 111_000  # in degrees of latitude; of longitude a little less
# Assumed: a line that is drawn by hand on the map may stray so far over the edge.
STRAYS: Final = 1.0  # metres

Box = tuple[float, float, float, float]  # west, south, east, north in degrees


class ParcelError(RukhsaError, ValueError):
    """A text that names no parcel."""

    code = "parcel-error"


class UnreadableParcel(ParcelError):
    """A text that is not the number of a parcel."""

    code = "parcel-unreadable"


class NoSuchParcel(ParcelError):
    """No list in force on that day has a parcel of this number."""

    code = "parcel-unknown"


class ParcelList(models.Model):
    """A list of parcels that was imported: version `number`, in force from a day on. Written once."""

    number = models.PositiveIntegerField(unique=True)
    effective_from = models.DateField()
    source = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # SHA-256 of the file in hex
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "effective_from"], name="parcels_are_imported_once_for_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"parcels v{self.number}"


def box_of(west: Any, south: Any, east: Any, north: Any) -> Func:
    """The box between two corners in degrees, as PostgreSQL has it; GiST finds those that overlap."""
    corners = (Func(west, south, function="point"), Func(east, north, function="point"))
    return Func(*corners, function="box", output_field=models.TextField())


_GROUND = ("geometry", "west", "south", "east", "north")


class ParcelEntry(models.Model):
    """What one list says about one parcel: its ground, or, with empty columns, that it ended. Written once."""

    list = models.ForeignKey(ParcelList, models.PROTECT, related_name="entries")
    number = models.CharField(max_length=20)
    block = models.ForeignKey(Block, models.PROTECT, related_name="+")
    geometry = models.JSONField(null=True)  # a GeoJSON Polygon or MultiPolygon
    measure = models.DecimalField(
        max_digits=14, decimal_places=1, null=True
    )  # square metres on the ellipsoid
    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number", "list"], name="a_list_names_a_parcel_once"),
            models.CheckConstraint(
                condition=Q(measure=None, **{f"{column}__isnull": True for column in _GROUND})
                | Q(measure__gt=0, **{f"{column}__isnull": False for column in _GROUND}),
                name="a_parcel_has_ground_or_is_no_more",
            ),
        ]
        indexes = [
            GistIndex(box_of(F("west"), F("south"), F("east"), F("north")), name="parcels_by_ground"),
            models.Index(fields=["block", "number"], name="parcels_by_block"),
        ]

    def __str__(self) -> str:
        return self.number


def parcel_number(written: str) -> str:
    """The number as it is kept and compared: Latin digits, capitals, no spaces around its signs.

    It has a digit, no Arabic letters, and at most 20 characters; more is not known about its form. Raises
    UnreadableParcel.
    """
    try:
        text = latin_digits(clean(written)).upper()
    except WritingError as error:
        raise UnreadableParcel(written) from error
    number = re.sub(" ?([-/.]) ?", r"\1", re.sub("[\u2010-\u2015\u2212]", "-", text))
    if not number.isascii() or not re.search("[0-9]", number) or len(number) > LONGEST_NUMBER:
        raise UnreadableParcel(written)
    return number


def parcel_on(number: str, *, on: date) -> ParcelEntry:
    """What the newest list says about a parcel on a day; one query. Raises NoSuchParcel."""
    found = parcels_on(on).filter(number=number).first()
    if found is None:
        raise NoSuchParcel(number)
    return found


def parcels_on(day: date) -> QuerySet[ParcelEntry]:
    """The parcels that exist on a day, each by the newest list in force that names it."""
    newest = ParcelEntry.objects.filter(number=OuterRef("number"), list__effective_from__lte=day).order_by(
        "-list__effective_from", "-list__number"
    )
    return ParcelEntry.objects.filter(pk=Subquery(newest.values("pk")[:1]), measure__isnull=False)


def near(boxes: Iterable[Box]) -> list[int]:
    """The keys of the entries whose box overlaps one of these; one query, by the index."""
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, [list(edge) for edge in zip(*boxes, strict=True)] or [[]] * 4)
        return [key for (key,) in cursor.fetchall()]


# As a condition of the ORM, hundreds of boxes cost more to write down than to look up. Each is looked up by itself
# (OFFSET 0): during an import the planner knows nothing of the table, and would compare every row with every box.
_NEAR: Final = """
    SELECT DISTINCT near.id
    FROM unnest(%s::float8[], %s::float8[], %s::float8[], %s::float8[]) AS wanted (west, south, east, north),
    LATERAL (
        SELECT entry.id FROM places_parcelentry AS entry
        WHERE box(point(entry.west, entry.south), point(entry.east, entry.north))
           && box(point(wanted.west, wanted.south), point(wanted.east, wanted.north))
        OFFSET 0
    ) AS near
"""


def lies_within(drawn: Mapping[str, Any], parcel: ParcelEntry) -> bool:
    """Whether a GeoJSON line or area lies on the parcel, give or take a metre."""
    return bool(shapes.shape(parcel.geometry).buffer(STRAYS * METRE).covers(shapes.shape(drawn)))
