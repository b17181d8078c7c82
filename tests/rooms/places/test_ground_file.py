"""The ground of the map: a file is examined before it is put in place, and earlier ones stay for a week."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pytest_django import Settings

from rukhsa.places import ground_file
from rukhsa.places.ground_file import GroundRefused, examine, ground_in_place, place
from tests.ground import BOUNDS, TILE_OF_MANAMA, pmtiles

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.RUKHSA_GROUND = tmp_path / "ground"
    return tmp_path / "ground"


def test_a_file_is_put_in_place_and_its_tiles_are_read(tmp_path: Path) -> None:
    assert ground_in_place() is None
    facts = place(pmtiles(tmp_path / "a.pmtiles"), attribution="Survey bureau", link="", at=AT)
    assert ground_in_place() == facts
    assert (facts.bounds, facts.minzoom, facts.maxzoom, facts.layers) == (BOUNDS, 15, 15, ("land",))
    assert ground_file.tile(facts.version, *TILE_OF_MANAMA)
    assert ground_file.tile(facts.version, 15, 0, 0) is None
    assert ground_file.tile(facts.version, 9, 0, 0) is None
    assert ground_file.tile(facts.version, 15, 1 << 15, 0) is None
    with pytest.raises(FileNotFoundError):
        ground_file.tile("0" * 16, *TILE_OF_MANAMA)


def test_a_large_file_is_read_through_its_leaf_directories(tmp_path: Path) -> None:
    tiles = [(14, column, row) for column in range(0, 300, 2) for row in range(0, 300, 3)]
    facts = place(pmtiles(tmp_path / "large.pmtiles", *tiles), attribution="", link="", at=AT)
    found = [ground_file.tile(facts.version, *each) for each in (tiles[0], tiles[7_000], tiles[-1])]
    assert all(found)
    assert ground_file.tile(facts.version, 14, 1, 0) is None


def test_the_file_before_stays_for_a_week(tmp_path: Path, folder: Path) -> None:
    first = place(pmtiles(tmp_path / "a.pmtiles"), attribution="a", link="", at=AT)
    second = place(
        pmtiles(tmp_path / "b.pmtiles", layers=("roads",)), attribution="b", link="", at=AT + timedelta(1)
    )
    assert ground_in_place() == second
    assert ground_file.tile(first.version, *TILE_OF_MANAMA)
    third = pmtiles(tmp_path / "c.pmtiles", layers=("parcels",))
    place(third, attribution="c", link="", at=AT + timedelta(days=8, seconds=1))
    assert not (folder / f"{first.version}.pmtiles").exists()
    assert (folder / f"{second.version}.pmtiles").exists()


def test_the_same_file_again_changes_its_attribution_alone(tmp_path: Path, folder: Path) -> None:
    file = pmtiles(tmp_path / "a.pmtiles")
    place(file, attribution="", link="", at=AT)
    place(file, attribution="Survey bureau", link="https://survey.example/", at=AT)
    found = ground_in_place()
    assert found is not None
    assert (found.attribution, found.link) == ("Survey bureau", "https://survey.example/")
    assert len(list(folder.iterdir())) == 2


def test_what_is_no_ground_is_refused_and_what_was_there_stays(tmp_path: Path) -> None:
    before = place(pmtiles(tmp_path / "good.pmtiles"), attribution="", link="", at=AT)
    broken = {
        "not PMTiles": _written(tmp_path / "text", b"x" * 200),
        "cannot be read": _written(tmp_path / "short", (tmp_path / "good.pmtiles").read_bytes()[:130]),
        "outside it": _written(tmp_path / "cut", (tmp_path / "good.pmtiles").read_bytes()[:-3]),
        "no vector tiles": pmtiles(tmp_path / "png.pmtiles", tile_type=TileType.PNG),
        "other than gzip": pmtiles(tmp_path / "zstd.pmtiles", tile_compression=Compression.ZSTD),
        "no box on the earth": pmtiles(tmp_path / "box.pmtiles", min_lon_e7=600_000_000),
        "none of our layers": pmtiles(tmp_path / "layers.pmtiles", layers=("water", "earth")),
    }
    for reason, file in broken.items():
        with pytest.raises(GroundRefused, match=reason):
            place(file, attribution="", link="", at=AT)
    assert ground_in_place() == before
    with pytest.raises(GroundRefused, match="cannot be read"):
        examine(tmp_path / "absent.pmtiles", attribution="")


def test_numbers_of_tiles_are_those_of_the_specification() -> None:
    # The first ones of PMTiles v3, §4.1.
    assert [zxy_to_tileid(*each) for each in ((0, 0, 0), (1, 0, 0), (1, 0, 1), (1, 1, 1))] == [0, 1, 2, 3]


def _written(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file


def test_the_command_puts_a_file_of_this_territory_in_place(tmp_path: Path) -> None:
    told = io.StringIO()
    file = str(pmtiles(tmp_path / "a.pmtiles"))
    call_command("map", "show", stdout=told)
    assert "no ground is in place" in told.getvalue()
    call_command("map", "ground", file, "--attribution", "Survey", "--rehearse", stdout=told)
    assert ground_in_place() is None
    call_command("map", "ground", file, "--attribution", "Survey", stdout=told)
    facts = ground_in_place()
    assert facts is not None
    assert facts.version in told.getvalue()


@pytest.mark.parametrize(
    ("reason", "told", "header"),
    [
        ("outside the boundaries", ["--attribution", "Survey"], {"min_lon_e7": 0, "max_lon_e7": 10_000_000}),
        ("say whose data", ["--attribution", " "], {}),
        ("https://", ["--attribution", "Survey", "--link", "javascript:alert(1)"], {}),
    ],
)
def test_the_command_refuses(tmp_path: Path, reason: str, told: list[str], header: dict[str, int]) -> None:
    file = pmtiles(tmp_path / "a.pmtiles", **header)
    with pytest.raises(CommandError, match=reason):
        call_command("map", "ground", str(file), *told)
    assert ground_in_place() is None
