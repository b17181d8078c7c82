"""A typed address moves the map, a touched place fills the address in, and where they differ it is said."""

from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page, Route, expect
from pytest_django import Settings

from rukhsa.applications.models import Application
from tests.browser import axe
from tests.web.map import invented
from tests.web.map.conftest import OpenMap
from tests.web.map.test_drawing import address_of, middle_of, opened

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WEST, SOUTH = invented.CORNER


@pytest.fixture(autouse=True)
def town(tmp_path: Path, settings: Settings, works: Application) -> None:
    """The invented town, on the map and surveyed."""
    settings.RUKHSA_GROUND = tmp_path / "ground"
    invented.ground(tmp_path)
    invented.register_plots()
    invented.survey_plots()


def write_address(page: Page, **parts: str) -> None:
    """Write the parts of the address, and leave the field."""
    for part, text in parts.items():
        page.locator(f"[name='place.{part}']").fill(text)
    page.locator(f"[name='place.{next(reversed(parts))}']").blur()


def test_a_typed_address_moves_the_map_and_a_touched_building_fills_it_in(
    page_of: OpenMap, works: Application
) -> None:
    with page_of(address_of(works)) as page:
        write_address(page, block="317", road="1701", building="00")
        opened(page)
        write_address(page, block="", road="", building="")
        page.mouse.click(*middle_of(page, ".map canvas"))
        told = page.locator("[data-told]")
        expect(told).to_contain_text("Filled in from the map: Block 317, Road 1701, Building 00")
        expect(page.locator("[name='place.block']")).to_have_value("317")
        expect(page.locator("[name='place.building']")).to_have_value("00")
        assert axe.faults(page) == []


def test_an_address_changed_while_the_map_is_open_moves_it_and_an_unknown_one_is_said(
    page_of: OpenMap, works: Application
) -> None:
    with page_of(address_of(works), language="ar", width=360) as page:
        opened(page)
        write_address(page, block="317", road="1703", building="25")
        expect(page.locator("[data-map]")).to_have_attribute("data-shows", "317/1703/25")
        page.locator(".map canvas").scroll_into_view_if_needed()
        with page.expect_response("**/ground/at?*") as told:
            page.locator("[data-add]").click()
        assert told.value.json()["building"] == "25"
        write_address(page, block="901")
        expect(page.locator("[data-told]")).to_be_visible()


def test_a_late_answer_about_an_earlier_address_does_not_move_the_map_back(
    page_of: OpenMap, works: Application
) -> None:
    with page_of(address_of(works)) as page:
        opened(page)
        late: list[Route] = []
        page.route(
            "**/ground/find?*",
            lambda route: route.continue_() if "building=25" in route.request.url else late.append(route),
        )
        write_address(page, block="317", road="1703", building="25")
        expect(page.locator("[data-map]")).to_have_attribute("data-shows", "317/1703/25")
        for route in late:
            with page.expect_response(route.request.url):
                route.continue_()
        page.locator(".map canvas").scroll_into_view_if_needed()
        with page.expect_response("**/ground/at?*") as told:
            page.locator("[data-add]").click()
        assert told.value.json()["building"] == "25"


def test_a_point_in_another_block_than_the_address_is_told(page_of: OpenMap, works: Application) -> None:
    with page_of(address_of(works)) as page:
        write_address(page, block="317", road="1701", building="00")
        opened(page)
        write_address(page, block="318")
        expect(page.locator("[data-map]")).to_have_attribute("data-shows", "318/1701/00")
        page.mouse.click(*middle_of(page, ".map canvas"))
        expect(page.locator("[data-told]")).to_contain_text("lies in block 317, the address says block 318")
        expect(page.locator("[name='place.block']")).to_have_value("318")


def test_the_own_position_is_asked_for_on_a_press_alone(page_of: OpenMap, works: Application) -> None:
    here = {"longitude": WEST + invented.WIDE / 2, "latitude": SOUTH + invented.DEEP / 2}
    with page_of(address_of(works), geolocation=here, permissions=["geolocation"]) as page:
        page.add_init_script("window.asked = 0")
        opened(page)
        page.locator("[data-own]").click()
        expect(page.locator("[data-told]")).to_have_text("The map shows your location.")
        with page.expect_response("**/ground/at?*") as told:
            page.locator("[data-add]").click()
        assert told.value.json()["building"] == "00"


def test_a_refused_position_is_explained(page_of: OpenMap, works: Application) -> None:
    with page_of(address_of(works), permissions=[]) as page:
        opened(page)
        page.locator("[data-own]").click()
        expect(page.locator("[data-told]")).to_contain_text("does not give your location")


def test_an_address_alone_is_found_on_a_map_of_its_own(page_of: OpenMap, layla: Client) -> None:
    layla.post("/services/proof-of-residence/start")
    draft = Application.objects.get(service_version__service="proof-of-residence")
    with page_of(f"/applications/{draft.pk}/questions/home", width=360) as page:
        for part, text in {"block": "317", "road": "1702", "building": "11"}.items():
            page.locator(f"[name='home.{part}']").fill(text)
        page.locator("[data-open]").click()
        expect(page.locator("[data-map]")).to_have_attribute("data-state", "open")
        assert axe.faults(page) == []
        # Emptied without a key, else the map goes on to the road before or after the next one.
        page.locator("[name='home.building']").evaluate("field => { field.value = ''; }")
        page.locator(".map canvas").press("Space")
        expect(page.locator("[name='home.building']")).to_have_value("11")
