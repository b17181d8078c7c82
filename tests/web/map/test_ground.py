"""The ground under the map: tiles of an invented town with labels and source, and corners that draw a point."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django import Settings

from rukhsa.applications.models import Application
from tests.web.map import invented
from tests.web.map.conftest import OpenMap
from tests.web.map.test_drawing import address_of, lines, middle_of, opened

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def town(tmp_path: Path, settings: Settings, works: Application) -> None:
    """The invented town, on the map and in the register."""
    settings.RUKHSA_GROUND = tmp_path / "ground"
    invented.ground(tmp_path)
    invented.register_plots()


def at_plot(page: Page) -> None:
    """The map over the first plots, drawn."""
    west, south = invented.CORNER
    page.locator("textarea[name=route]").fill(f"{south}, {west}\n{south}, {west + invented.WIDE}")
    with page.expect_response("**/ground/shapes?*"):
        opened(page)
    page.locator("[data-again]").click()


def test_the_map_shows_the_ground_and_whose_it_is(page_of: OpenMap, works: Application) -> None:
    with page_of(address_of(works), language="ar", width=360) as page:
        tiles: list[int] = []
        page.on(
            "response",
            lambda told: (
                tiles.append(told.status) if "/ground/" in told.url and "shapes" not in told.url else None
            ),
        )
        at_plot(page)
        source = page.locator(".maplibregl-ctrl-attrib a")
        expect(source).to_have_text("Invented survey & sons")
        expect(source).to_have_attribute("href", "https://survey.example/")
        assert tiles
        assert set(tiles) <= {200, 204}


def test_a_point_near_a_corner_of_a_plot_is_drawn_to_it(page_of: OpenMap, works: Application) -> None:
    with page_of(address_of(works)) as page:
        at_plot(page)
        _west, south = invented.CORNER
        x, y = middle_of(page, ".map canvas")  # halfway along the southern edge of the plot
        page.mouse.click(x, y + 5)
        expect(page.locator(".map-corner")).to_have_count(1)
        page.mouse.click(x + 90, y + 40)  # in the open
        assert lines(page)[0].startswith(f"{south:.6f}")
        assert not lines(page)[1].startswith(f"{south:.6f}")


def test_without_shapes_the_same_point_stays_where_it_was_put(page_of: OpenMap, works: Application) -> None:
    def nothing(route: Route) -> None:
        route.fulfill(json={"type": "FeatureCollection", "features": []})

    with page_of("/applications/") as page:
        page.route("**/ground/shapes?*", nothing)
        page.goto(page.url.removesuffix("/applications/") + address_of(works))
        at_plot(page)
        x, y = middle_of(page, ".map canvas")
        page.mouse.click(x, y + 5)
        expect(page.locator(".map-corner")).to_have_count(1)
        page.mouse.click(x + 90, y + 40)
        assert not lines(page)[0].startswith(f"{invented.CORNER[1]:.6f}")


def test_every_label_of_the_map_is_in_the_language_of_the_page(page_of: OpenMap, works: Application) -> None:
    with page_of(address_of(works), language="ar", width=360) as page:
        at_plot(page)
        labels = page.locator("[data-map]").evaluate(
            "(map) => [...map.querySelectorAll('[aria-label], [title], [alt]')].flatMap("
            "(each) => ['aria-label', 'title', 'alt'].map((name) => each.getAttribute(name))).filter(Boolean)"
        )
        assert len(labels) > 3
        assert [label for label in labels if re.search("[A-Za-z]{3}", label)] == []
