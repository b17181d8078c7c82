"""What the map asks the server for: tiles that are kept a year, the facts of the ground, and shapes to snap to."""

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from rukhsa.applications.models import Application
from rukhsa.authorities.models import Authority
from rukhsa.places.geometry import parse_line
from rukhsa.places.ground_file import place
from rukhsa.places.models import Block, ParcelEntry, ParcelList
from rukhsa.places.surroundings import MOST_SHAPES
from tests import applicants
from tests.ground import BOUNDS, TILE_OF_MANAMA, pmtiles

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
VIEW = "50.5800,26.2200,50.5900,26.2300"


@pytest.fixture
def version(tmp_path: Path, settings: Settings) -> str:
    settings.RUKHSA_GROUND = tmp_path / "ground"
    file = pmtiles(tmp_path / "a.pmtiles", layers=("land", "labels"))
    return place(file, attribution="Survey bureau", link="https://survey.example/", at=AT).version


@pytest.fixture
def browser(db: None) -> Client:
    return applicants.signed_in(applicants.layla())


def test_a_tile_is_kept_for_a_year_and_asks_the_database_nothing(version: str, client: Client) -> None:
    address = f"/ground/{version}/" + "/".join(map(str, TILE_OF_MANAMA))
    plain = client.get(address)
    packed = client.get(address, headers={"accept-encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert packed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.content) == plain.content
    assert not packed.cookies


def test_a_person_who_signed_in_keeps_tiles_too(version: str, browser: Client) -> None:
    answer = browser.get(f"/ground/{version}/" + "/".join(map(str, TILE_OF_MANAMA)))
    assert "immutable" in answer.headers["Cache-Control"]


def test_where_nothing_is_drawn_the_answer_is_empty(version: str, client: Client) -> None:
    empty = client.get(f"/ground/{version}/15/0/0")
    assert (empty.status_code, empty.content) == (204, b"")
    assert "immutable" in empty.headers["Cache-Control"]
    assert client.get(f"/ground/{version}/99/0/0").status_code == 204


@pytest.mark.parametrize("address", ["0" * 16 + "/15/0/0", "../../secret/1/1/1", "0123/15/0/0"])
def test_there_is_no_other_file(version: str, client: Client, address: str) -> None:
    assert client.get(f"/ground/{address}").status_code == 404


def test_the_facts_of_the_ground_are_told(version: str, client: Client) -> None:
    told = client.get("/ground/style.json").json()
    assert told == {
        "version": version,
        "attribution": "Survey bureau",
        "link": "https://survey.example/",
        "bounds": list(BOUNDS),
        "minzoom": 15,
        "maxzoom": 15,
        "layers": ["land", "labels"],
        "tiles": f"/ground/{version}/{{z}}/{{x}}/{{y}}",
    }


def test_where_no_file_was_given_the_facts_are_empty(
    tmp_path: Path, settings: Settings, client: Client
) -> None:
    settings.RUKHSA_GROUND = tmp_path / "nothing"
    assert client.get("/ground/style.json").json() == {}


def test_shapes_within_a_view_are_exact_and_of_today(browser: Client) -> None:
    _parcels(date(2020, 1, 1), ("03-1", 50.585, 26.225), ("03-2", 50.7, 26.225))
    _parcels(date(2999, 1, 1), ("03-3", 50.585, 26.226))
    answer = browser.get(f"/ground/shapes?bbox={VIEW}")
    assert answer.headers["Content-Type"] == "application/geo+json"
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.json()
    assert told["whole"] is True
    (only,) = told["features"]
    assert only["properties"] == {"kind": "parcel", "number": "03-1", "block": 317}
    assert only["geometry"]["coordinates"][0][0] == [50.585, 26.225]


def test_shapes_are_limited_in_extent_and_number(browser: Client) -> None:
    _parcels(
        date(2020, 1, 1),
        *((f"1-{number}", 50.585, 26.2205 + number / 1e6) for number in range(MOST_SHAPES + 1)),
    )
    many = browser.get(f"/ground/shapes?bbox={VIEW}").json()
    assert (len(many["features"]), many["whole"]) == (MOST_SHAPES, False)
    wide = browser.get("/ground/shapes?bbox=50.0,26.0,50.9,26.9").json()
    assert (wide["features"], wide["whole"]) == ([], False)


@pytest.mark.parametrize("view", ["", "1,2,3", "a,b,c,d", "nan,0,1,1", "50.6,26.2,50.5,26.3", "0,0,1,91"])
def test_a_view_that_is_no_box_is_refused(browser: Client, view: str) -> None:
    answer = browser.get(f"/ground/shapes?bbox={view}", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:rukhsa:problem:view-unreadable")


def test_shapes_are_for_people_who_signed_in(client: Client, db: None) -> None:
    assert client.get(f"/ground/shapes?bbox={VIEW}").status_code == 302


def _parcels(since: date, *told: tuple[str, float, float]) -> None:
    authority, _made = Authority.objects.get_or_create(code="CAP", ordinal=1)
    Block.objects.get_or_create(number=317, authority=authority)
    entered = ParcelList.objects.create(
        number=ParcelList.objects.count() + 1,
        effective_from=since,
        source="made up",
        digest=str(since),
        at=AT,
    )
    ParcelEntry.objects.bulk_create(
        ParcelEntry(
            list=entered,
            number=number,
            block_id=317,
            geometry={"type": "Polygon", "coordinates": [_corners(west, south)]},
            measure=1,
            west=west,
            south=south,
            east=west + 0.001,
            north=south + 0.001,
        )
        for number, west, south in told
    )


def _corners(west: float, south: float) -> list[list[float]]:
    east, north = west + 0.001, south + 0.001
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


ROUTE = "26.223500, 50.587600\n26.224000, 50.588100"


def test_a_drawing_is_shown_as_a_picture_to_its_applicant_alone(db: None) -> None:
    applicants.open_town()
    browser = applicants.signed_in(applicants.layla())
    browser.post("/services/road-works-licence/start")
    works = Application.objects.get()
    address = f"/ground/picture/{works.pk}/route.svg"
    assert browser.get(address).status_code == 404  # nothing is drawn yet
    works.answers |= {"route": parse_line(ROUTE)}
    works.save()
    answer = browser.get(address)
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert '<path class="drawn"' in answer.content.decode()
    assert browser.get(f"/ground/picture/{works.pk}/nothing.svg").status_code == 404
    assert applicants.signed_in(applicants.neighbour()).get(address).status_code == 404
    assert Client().get(address).status_code == 302
