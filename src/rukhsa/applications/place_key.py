"""Keys of the places that an application names: its parcels, buildings, roads and blocks, found by an index."""

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, TextField


class PlaceKeys(Func):
    """The keys of the answers, as the index of the migration `0016_places_of_answers` has them."""

    function = "rukhsa_places_of"
    output_field = ArrayField(TextField())


def place_keys(answers: Mapping[str, Any]) -> dict[str, set[str]]:
    """The keys of these answers by kind: parcel, building, road, block; the same that the database works out."""
    found: dict[str, set[str]] = {"parcel": set(), "building": set(), "road": set(), "block": set()}
    for value in answers.values():
        if not isinstance(value, dict):
            continue
        block, road, building = (value.get(part) for part in ("block", "road", "building"))
        if "number" in value and "measure" in value:
            found["parcel"].add(f"parcel {value['number']}")
        if block is not None:
            found["block"].add(f"block {block}")
        if block is not None and road is not None:
            found["road"].add(f"road {block}/{road}")
            if building is not None:
                found["building"].add(f"building {block}/{road}/{building}")
    return found


def drawn_in(answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lines and areas that were drawn among these answers, as GeoJSON."""
    return [
        value
        for value in answers.values()
        if isinstance(value, dict)
        and value.get("type") in ("LineString", "Polygon")
        and "coordinates" in value
    ]
