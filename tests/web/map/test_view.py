"""What was drawn is seen before it is submitted: a picture by the server, and a map where it is asked for."""

from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import expect
from pytest_django import Settings

from rukhsa.applications.models import Application
from tests.browser import axe
from tests.web.map import invented
from tests.web.map.conftest import ROUTE, OpenMap

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def drawn(layla: Client, works: Application, tmp_path: Path, settings: Settings) -> Application:
    """The works with their route, in the invented town."""
    settings.RUKHSA_GROUND = tmp_path / "ground"
    invented.ground(tmp_path)
    invented.register_plots()
    layla.post(f"/applications/{works.pk}/questions/works", {"asked.route": "1", "route": ROUTE, "on": "1"})
    return works


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_a_picture_stands_in_the_review_and_the_map_comes_on_a_press(
    page_of: OpenMap, drawn: Application, language: str, width: int
) -> None:
    with page_of("/applications/", language=language, width=width) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(page.url.removesuffix("/applications/") + f"/applications/{drawn.pk}/review")
        picture = page.locator("svg.ground-picture")
        picture.scroll_into_view_if_needed()
        expect(picture).to_be_visible()
        assert picture.get_attribute("aria-label")
        assert axe.faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert [address for address in asked if "maplibre" in address] == []
        page.locator("[data-open]").click()
        expect(page.locator("[data-map]")).to_have_attribute("data-state", "open")
        expect(picture).to_be_hidden()
        assert axe.faults(page) == []


def test_without_scripts_the_picture_stands_in_review_and_beside_the_question(
    page_of: OpenMap, drawn: Application
) -> None:
    for address in ("review", "questions/works"):
        with page_of(f"/applications/{drawn.pk}/{address}", java_script_enabled=False) as page:
            expect(page.locator("svg.ground-picture")).to_be_visible()
            expect(page.locator("[data-open]")).to_be_hidden()
