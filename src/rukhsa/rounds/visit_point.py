"""Where visits are made: the point of what was drawn, or of the address, for many visits in one query."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from django.db import connection

from rukhsa.late import shapely, shapes
from rukhsa.places.survey import Kind
from rukhsa.review.inspection import Inspection
from rukhsa.rounds.nearest_next import Point


def points_of(inspections: Iterable[Inspection], *, on: date) -> dict[Any, Point]:
    """The point of each visit whose place is known on a day, by the key of the visit; one query at most."""
    found: dict[Any, Point] = {}
    addresses: dict[Any, Mapping[str, Any]] = {}
    for inspection in inspections:
        drawn, address = place_in(inspection)
        if drawn:
            middle = shapes.shape(drawn).representative_point()
            found[inspection.pk] = (round(middle.x, 6), round(middle.y, 6))
        elif address:
            addresses[inspection.pk] = address
    return found | (_looked_up(addresses, on) if addresses else {})


def within(area: Mapping[str, Any], points: Mapping[Any, Point]) -> frozenset[Any]:
    """The keys of the points that lie in a GeoJSON area or on its edge."""
    keys, ground = list(points), shapes.shape(area)
    shapely.prepare(ground)
    inside = shapely.intersects_xy(ground, [points[key] for key in keys]) if keys else []
    return frozenset(key for key, is_inside in zip(keys, inside, strict=True) if is_inside)


def place_in(inspection: Inspection) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    """What an application has of its place: the GeoJSON that was drawn, and the address; the first of each."""
    answers = inspection.application.answers
    values = [answers.get(question.id) for question in inspection.application.definition.questions]
    told = [value for value in values if isinstance(value, dict)]
    drawn = next((value["geometry"] for value in told if value.get("geometry")), None)
    return drawn, next((value for value in told if value.get("block")), None)


def _looked_up(addresses: Mapping[Any, Mapping[str, Any]], on: date) -> dict[Any, Point]:
    rows = [
        (str(key), str(each["block"]), str(each.get("road") or ""), str(each.get("building") or ""))
        for key, each in addresses.items()
    ]
    told: dict[str, Any] = {"on": on, "building": Kind.BUILDING, "block": Kind.BLOCK}
    keys, blocks, roads, numbers = (list(column) for column in zip(*rows, strict=True))
    told |= {
        "keys": keys,
        "blocks": [int(block) for block in blocks],
        "roads": roads,
        "numbers": numbers,
    }
    with connection.cursor() as cursor:
        cursor.execute(_POINTS, told)
        known = {key: (round(x, 6), round(y, 6)) for key, x, y in cursor.fetchall()}
    return {key: known[str(key)] for key in addresses if str(key) in known}


# Each address is looked up by itself in the surveys that count: its building, or the middle of its block.
_POINTS: Final = """
    WITH counting AS (
        SELECT DISTINCT ON (survey.kind, survey.part) survey.id, survey.kind
        FROM places_survey AS survey JOIN places_surveyversion AS version ON version.survey_id = survey.id
        WHERE survey.effective_from <= %(on)s AND survey.kind IN (%(building)s, %(block)s)
        ORDER BY survey.kind, survey.part, survey.effective_from DESC, version.number DESC
    )
    SELECT wanted.key, (here.west + here.east) / 2, (here.south + here.north) / 2
    FROM unnest(%(keys)s::text[], %(blocks)s::int[], %(roads)s::text[], %(numbers)s::text[])
         AS wanted (key, block, road, number),
    LATERAL (
        SELECT feature.west, feature.south, feature.east, feature.north
        FROM places_feature AS feature JOIN counting ON counting.id = feature.survey_id
        WHERE feature.block = wanted.block AND (
            counting.kind = %(block)s
            OR (feature.road = wanted.road AND wanted.number = ANY(string_to_array(feature.number, ',')))
        )
        ORDER BY counting.kind = %(block)s, feature.id LIMIT 1
    ) AS here
"""
