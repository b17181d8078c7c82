"""A town without a map has one of its boundaries, made again when they change, never over an operator's."""

import io
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import process_time

import pytest
from django.core.management import call_command
from pmtiles.reader import MmapSource, all_tiles
from pytest_django import Settings

from rukhsa.catalogue.own_ground import keep_ground
from rukhsa.catalogue.whereabouts import authority_of_block
from rukhsa.places.ground_file import ground_in_place, place
from rukhsa.places.models import Block
from rukhsa.places.survey import Kind
from rukhsa.project.management.commands.setup import Command as Setup
from tests import applicants
from tests.ground import pmtiles
from tests.rooms.places.test_ground_making import texts
from tests.rooms.places.test_spot import entered
from tests.rooms.places.test_zone import columns

DAY, AT = date(2027, 1, 1), datetime(2027, 1, 1, 9, tzinfo=UTC)
SECONDS = 8  # of the processor, for a territory of four outlines; measured .5


@pytest.fixture(autouse=True)
def town(db: None, tmp_path: Path, settings: Settings) -> Path:
    """The territory in a folder that may be changed, and no ground."""
    folder = tmp_path / "territory"
    shutil.copytree(settings.RUKHSA_TERRITORY, folder)
    settings.RUKHSA_TERRITORY, settings.RUKHSA_GROUND = folder, tmp_path / "ground"
    return folder


def test_a_setup_makes_the_ground_of_the_boundaries_in_seconds(tmp_path: Path) -> None:
    command = Setup().steps()["map"]
    before = process_time()
    call_command(*command, stdout=io.StringIO())
    assert process_time() - before < SECONDS
    facts = ground_in_place()
    assert facts is not None
    assert (facts.layers, facts.maxzoom, facts.is_outline) == (("land", "labels"), 12, True)
    file = tmp_path / "ground" / f"{facts.version}.pmtiles"
    told = texts(file)
    assert "Capital Secretariat" in told
    assert "أمانة العاصمة" in told
    with file.open("rb") as read:
        assert len(list(all_tiles(MmapSource(read)))) < 100


def test_it_is_made_again_when_the_boundaries_change_and_else_never(town: Path) -> None:
    first = keep_ground(on=DAY, at=AT)
    assert first is not None
    assert keep_ground(on=DAY, at=AT + timedelta(days=1)) is None
    boundaries = town / "boundaries.geojson"
    boundaries.write_text(boundaries.read_text().replace("26.32]", "26.33]"))
    second = keep_ground(on=DAY, at=AT + timedelta(days=2))
    assert second is not None
    assert second.version != first.version
    assert ground_in_place() == second


def test_it_follows_an_import_and_names_its_source() -> None:
    keep_ground(on=DAY, at=AT)
    applicants.open_town()
    entered(Kind.BUILDING, {"number": "4", "road": "934", "block": 317} | columns(0, 0, 1, 1))
    made = keep_ground(on=DAY, at=AT)
    assert made is not None
    assert (made.layers, made.maxzoom, made.is_outline) == (("land", "buildings", "labels"), 15, False)
    assert made.attribution


def test_a_ground_that_an_operator_gave_stays_whatever_changes(tmp_path: Path, town: Path) -> None:
    keep_ground(on=DAY, at=AT)
    theirs = place(
        pmtiles(tmp_path / "a.pmtiles", layers=("land",)), attribution="Survey bureau", link="", at=AT
    )
    (town / "boundaries.geojson").unlink()
    assert keep_ground(on=DAY, at=AT) is None
    assert ground_in_place() == theirs


def test_a_territory_without_boundaries_has_none_and_its_setup_passes(town: Path) -> None:
    (town / "boundaries.geojson").unlink()
    call_command("map", "keep", stdout=(told := io.StringIO()))
    assert "no ground is in place" in told.getvalue()
    assert ground_in_place() is None


def test_an_address_is_found_as_far_as_its_authority_where_no_more_is_known() -> None:
    applicants.open_town()
    block = Block.objects.get(number=317)
    found = authority_of_block(block.number, on=DAY)
    assert found is not None
    assert found.known_to == "authority"
    assert 50.4 < found.longitude < 50.8
    assert authority_of_block(999_999, on=DAY) is None
