"""Real geometry of Muharraq, dirt and all, through the import of each kind. It lies beside the project, never in it."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from rukhsa.authorities.models import Authority
from rukhsa.catalogue.parcel_list import import_parcels
from rukhsa.catalogue.survey_list import import_survey
from rukhsa.catalogue.survey_row import Reading
from rukhsa.catalogue.territory import read_territory
from rukhsa.places.block import blocks_on
from rukhsa.places.models import Block
from rukhsa.places.survey import Kind
from rukhsa.places.zone import zones_at
from tests import opinions
from tests.rooms.catalogue.broken import BAHRAIN

AT, DAY = datetime(2026, 11, 30, 9, tzinfo=UTC), date(2027, 1, 1)


@pytest.fixture(autouse=True)
def muharraq(db: None) -> None:
    authority = Authority.objects.create(code="MUH", ordinal=1)
    Block.objects.bulk_create(
        Block(number=number, authority=authority) for number in (203, 209, 211, 214, 215, 216)
    )


def real(name: str) -> Path:
    return opinions.beside("data/bahrain-geo") / f"{name}.geojson"


def surveyed(name: str, kind: Kind, **how: Any) -> dict[str, int]:
    zones = read_territory(BAHRAIN).zones_as_written
    reading = Reading(kind=kind, blocks=blocks_on(DAY), zones=zones, **how)
    file = real(name)
    return import_survey(file, reading, effective_from=DAY, source="real", at=AT, leave_bad=True).counts


def test_the_governorates() -> None:
    assert surveyed("governorates", Kind.GOVERNORATE) == counts(taken=12)


def test_the_buildings_of_a_block() -> None:
    assert surveyed("buildings-209", Kind.BUILDING, renamed={"number": "building"}) == counts(
        taken=573, mended=16, hint=23
    )


def test_the_parcels_of_five_blocks() -> None:
    report = import_parcels(
        real("parcels"),
        effective_from=DAY,
        source="real",
        at=AT,
        leave_bad=True,
        renamed={"number": "parcel"},
    )
    assert {became: count for became, count in report.counts.items() if count} == {
        "new": 212, "left out": 1, "mended": 2, "hint": 2
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "became"),
    [
        # Three plots are there twice.
        ("heritage-parcels", {"taken": 2496, "mended": 16, "left_out": 3}),
        ("protection-zones", {"taken": 15}),
        ("archaeological-sites", {"taken": 4, "mended": 1}),
    ],
)
def test_the_zones(name: str, became: dict[str, int]) -> None:
    assert surveyed(name, Kind.ZONE) == counts(**became)


def counts(taken: int, mended: int = 0, left_out: int = 0, hint: int = 0) -> dict[str, int]:
    return {"taken": taken, "mended": mended, "left out": left_out, "hint": hint}


def test_real_places_lie_in_real_zones() -> None:
    surveyed("heritage-parcels", Kind.ZONE)
    surveyed("buildings-209", Kind.BUILDING, renamed={"number": "building"})
    plots = json.loads(real("buildings-209").read_text())["features"]
    protected = [plot for plot in plots if zones_at(plot["geometry"], DAY) == {"heritage"}]
    assert len(protected) == 178
    # Across the water no zone is known.
    assert zones_at({"type": "Point", "coordinates": [50.5876, 26.2235]}, DAY) == set()
