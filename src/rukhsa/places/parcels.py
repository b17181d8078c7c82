"""Parcels of land by their numbers: what the newest list in force says of one on a day, and what lies within it."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery
from shapely.geometry import shape

from rukhsa.errors import RukhsaError
from rukhsa.places.models import ParcelEntry
from rukhsa.values.writing import WritingError, clean, latin_digits

LONGEST_NUMBER: Final = 20
METRE: Final = 1 / 111_000  # in degrees of latitude; of longitude a little less
# Assumed: a line that is drawn by hand on the map may stray so far over the edge.
STRAYS: Final = 1.0  # metres

Box = tuple[float, float, float, float]  # west, south, east, north in degrees


class ParcelError(RukhsaError, ValueError):
    """A parcel that cannot be named so."""

    code = "parcel-error"


class UnreadableParcel(ParcelError):
    """What was written is no number of a parcel."""

    code = "parcel-unreadable"


class NoSuchParcel(ParcelError):
    """No list in force on that day has a parcel of this number."""

    code = "parcel-unknown"


def parcel_number(written: str) -> str:
    """The number as it is kept and compared: Latin digits, capitals, no spaces around its signs.

    Nothing is known of its form but that it has a digit, no Arabic letters, and at most 20 characters. Raises
    UnreadableParcel.
    """
    try:
        text = latin_digits(clean(written)).upper()
    except WritingError as error:
        raise UnreadableParcel(written) from error
    number = re.sub(r"\s*([-/.])\s*", r"\1", re.sub("[\u2010-\u2015\u2212]", "-", text))
    if not number.isascii() or not re.search("[0-9]", number) or len(number) > LONGEST_NUMBER:
        raise UnreadableParcel(written)
    return number


def parcel_on(number: str, *, on: date) -> ParcelEntry:
    """What is said of a parcel on a day; one query. Raises NoSuchParcel."""
    found = parcels_on(on).filter(number=number).first()
    if found is None:
        raise NoSuchParcel(number)
    return found


def parcels_on(day: date) -> QuerySet[ParcelEntry]:
    """The parcels that are there on a day, each by the newest list in force that names it."""
    newest = ParcelEntry.objects.filter(number=OuterRef("number"), list__effective_from__lte=day).order_by(
        "-list__effective_from", "-list__number"
    )
    return ParcelEntry.objects.filter(pk=Subquery(newest.values("pk")[:1]), measure__isnull=False)


def near(boxes: Iterable[Box]) -> list[int]:
    """The keys of the entries around whose ground the box overlaps one of these; one query, by the index."""
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, [list(edge) for edge in zip(*boxes, strict=True)] or [[]] * 4)
        return [key for (key,) in cursor.fetchall()]


# As a condition of the ORM, hundreds of boxes cost more to write down than to look up.
_NEAR: Final = """
    SELECT DISTINCT entry.id
    FROM unnest(%s::float8[], %s::float8[], %s::float8[], %s::float8[]) AS wanted (west, south, east, north)
    JOIN places_parcelentry AS entry
    ON box(point(entry.west, entry.south), point(entry.east, entry.north))
       && box(point(wanted.west, wanted.south), point(wanted.east, wanted.north))
"""


def lies_within(drawn: Mapping[str, Any], parcel: ParcelEntry) -> bool:
    """Whether a GeoJSON line or area lies on the parcel, give or take a metre."""
    return bool(shape(parcel.geometry).buffer(STRAYS * METRE).covers(shape(drawn)))
