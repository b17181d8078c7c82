"""The ground of the map is made of what was imported: our layers, labels once a thing, the same bytes each time."""

import gzip
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import call_command
from pmtiles.reader import MmapSource, all_tiles
from pytest_django import Settings
from shapely.geometry import LineString, Polygon, box

from rukhsa.authorities.models import Authority
from rukhsa.places import ground_file
from rukhsa.places.ground_file import LAYERS, examine, ground_in_place
from rukhsa.places.ground_making import NothingToDraw, make_ground
from rukhsa.places.models import Block, ParcelEntry, ParcelList
from rukhsa.places.survey import Kind
from rukhsa.places.vector_tile import EXTENT, Tile, commands_of, encode, mercator
from rukhsa.values.names import Text
from tests.rooms.places.test_spot import entered
from tests.rooms.places.test_zone import AT, columns

DAY = date(2027, 1, 1)
ZONES = {"heritage": Text(ar="منطقة (التراث)", en="Heritage zone")}


@pytest.fixture
def imported(db: None) -> None:
    authority = Authority.objects.create(code="MUH", ordinal=1)
    Block.objects.create(number=209, authority=authority)
    entered(
        Kind.GOVERNORATE,
        {"name_en": "Muharraq"} | columns(-9, -9, 9, 9),
        {"name_en": "Muharraq"} | columns(10, 0, 11, 1),
    )
    line = {"type": "LineString", "coordinates": [[50.59, 26.2503], [50.62, 26.2503]]}
    street = {"type": "LineString", "coordinates": [[50.59, 26.2513], [50.62, 26.2513]]}
    entered(
        Kind.ROAD,
        {"name_en": "Palm Avenue", "sort": "main"} | columns(-9, 0.3, 9, 0.3) | {"geometry": line},
        {"number": "918"} | columns(-9, 1.3, 9, 1.3) | {"geometry": street},
    )
    home = {"block": 209, "road": "934"}
    entered(Kind.BUILDING, *({"number": str(n)} | home | columns(n, 0, n + 0.5, 0.5) for n in range(3)))
    entered(Kind.ZONE, {"sort": "heritage"} | columns(-1, -1, 1, 1))
    entered(Kind.BLOCK, {"number": "209", "block": 209} | columns(-5, -5, 5, 5))
    parcels = ParcelList.objects.create(number=1, effective_from=DAY, source="x", digest="x", at=AT)
    ParcelEntry.objects.create(list=parcels, number="02-1", block_id=209, **columns(0, 0, 2, 1), measure=1)


def test_every_layer_is_made_and_every_thing_is_named_once(imported: None, tmp_path: Path) -> None:
    file = tmp_path / "a.pmtiles"
    counts = make_ground(file, on=DAY, name="Ground", zones=ZONES)
    assert counts == {
        "land": 2,
        "roads": 2,
        "buildings": 3,
        "zones": 1,
        "parcels": 1,
        "labels": 10,
    }
    facts = examine(file, attribution="")
    assert facts.layers == LAYERS
    assert (facts.minzoom, facts.maxzoom) == (7, 15)
    whole = texts(file)
    for text in ("Muharraq", "Palm Avenue", "طريق 918", "طريق 934", "مجمع 209", "منطقة التراث", "02-1"):
        assert text in whole


def test_the_same_data_makes_the_same_file_and_it_says_nothing_of_the_machine(
    imported: None, tmp_path: Path
) -> None:
    files = [tmp_path / "a.pmtiles", tmp_path / "b.pmtiles"]
    for file in files:
        make_ground(file, on=DAY, name="Ground", zones=ZONES)
    one, other = (file.read_bytes() for file in files)
    assert one == other
    assert str(tmp_path).encode() not in one


def test_streets_and_buildings_are_drawn_from_near_alone(imported: None, tmp_path: Path) -> None:
    file = tmp_path / "a.pmtiles"
    make_ground(file, on=DAY, name="Ground", zones=ZONES)
    assert "Muharraq" in texts(file, zoom=8)
    assert "buildings" not in texts(file, zoom=13)
    assert "buildings" in texts(file, zoom=14)
    assert "main" in texts(file, zoom=11)
    assert "918" not in texts(file, zoom=11)


def test_the_commands_make_it_and_put_it_in_place(imported: None, tmp_path: Path, settings: Settings) -> None:
    settings.RUKHSA_GROUND = tmp_path / "ground"
    told, file = io.StringIO(), str(tmp_path / "a.pmtiles")
    call_command("map", "make", file, "--on", "2027-01-01", stdout=told)
    assert "3 buildings" in told.getvalue()
    call_command("map", "ground", file, "--attribution", "Survey bureau", stdout=told)
    facts = ground_in_place()
    assert facts is not None
    assert ground_file.tile(facts.version, 15, 20989, 13906)


def test_where_nothing_was_imported_the_land_is_drawn_and_else_nothing(db: None, tmp_path: Path) -> None:
    with pytest.raises(NothingToDraw):
        make_ground(tmp_path / "a.pmtiles", on=DAY, name="Ground", zones={})
    call_command("map", "make", str(tmp_path / "b.pmtiles"), stdout=(told := io.StringIO()))
    assert "4 land" in told.getvalue()


def test_a_shape_is_written_as_the_specification_says() -> None:
    # §4.3.5: the examples of a point, a line and a polygon.
    assert commands_of(shapely.Point(25, 17)) == (1, [9, 50, 34])
    assert commands_of(LineString([(2, 2), (2, 10), (10, 10)])) == (2, [9, 4, 4, 18, 0, 16, 16, 0])
    assert commands_of(Polygon([(3, 6), (8, 12), (20, 34)])) == (3, [9, 6, 12, 18, 10, 12, 24, 44, 15])
    # The same drawn the other way is turned, and what has no area is not drawn.
    assert commands_of(Polygon([(20, 34), (8, 12), (3, 6)]))[1][0] == 9
    assert commands_of(Polygon([(0, 0), (1, 0), (2, 0)]))[1] == []
    assert encode({"land": [(Polygon(), {})]}) == b""


def test_a_shape_is_cut_at_its_tile_with_a_margin() -> None:
    tile = Tile(zoom=15, column=20990, row=13867)
    (cut,) = tile.cut(mercator(shapely.box([50], [26], [51], [27])))
    assert cut.bounds == (-64, -64, EXTENT + 64, EXTENT + 64)
    assert box(0, 0, EXTENT, EXTENT).within(cut)


def texts(file: Path, zoom: int | None = None) -> str:
    """All that the tiles of a file hold, as text: names stand in them as they are."""
    with file.open("rb") as read:
        tiles: Iterator[tuple[Any, bytes]] = all_tiles(MmapSource(read))
        some = [gzip.decompress(packed) for (z, _x, _y), packed in tiles if zoom in (z, None)]
    return b"".join(some).decode("utf-8", errors="ignore")
