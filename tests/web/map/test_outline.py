"""In a town without a survey, the map shows the outline of the authorities where the works are to be drawn."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import expect
from pytest_django import Settings

from rukhsa.applications.models import Application
from rukhsa.catalogue.own_ground import keep_ground
from tests.browser import axe
from tests.web.map.conftest import ROUTE, OpenMap
from tests.web.map.test_drawing import address_of, opened, press

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
APPROXIMATE = {"ar": "حدود تقريبية", "en": "Approximate outline"}


@pytest.fixture(autouse=True)
def outline(tmp_path: Path, settings: Settings, works: Application) -> None:
    """The ground that a setup makes of the boundaries."""
    settings.RUKHSA_GROUND = tmp_path / "ground"
    assert keep_ground(on=date(2027, 1, 1), at=datetime(2027, 1, 1, 9, tzinfo=UTC))


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_outline_stands_under_the_drawing_and_says_what_it_is(
    page_of: OpenMap, works: Application, language: str, width: int, scheme: str
) -> None:
    with page_of(address_of(works), language=language, width=width, color_scheme=scheme) as page:
        with page.expect_response("**/ground/*/*/*/*") as told:
            opened(page)
        assert told.value.status == 200
        expect(page.locator(".maplibregl-ctrl-attrib")).to_contain_text(APPROXIMATE[language])
        assert axe.faults(page) == []
        press(page, (0.4, 0.6), (0.6, 0.4), (0.6, 0.4))
        expect(page.locator("[data-measure]")).not_to_be_empty()


def test_an_address_of_which_no_more_is_known_moves_the_map_to_its_authority(
    page_of: OpenMap, layla: Client, works: Application
) -> None:
    home = {"place.building": "12", "place.road": "1701", "place.block": "317"}
    layla.post(f"/applications/{works.pk}/questions/works", home | {"asked.route": "1", "route": ROUTE})
    found = layla.get("/ground/find?block=317&road=1701&building=12").json()
    assert found["known_to"] == "authority"
    west, south, east, north = found["box"]
    assert west < 50.5876 < east
    assert south < 26.2235 < north
    assert layla.get("/ground/find?block=99999").json() == {}
