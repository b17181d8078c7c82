"""The road works licence: its route drawn on the map, or written where there is no map."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Response, expect

from rukhsa_rehearsal.story.staff_member import Staff
from tests.browser import people
from tests.browser.conftest import Opened
from tests.browser.plots import answers_of
from tests.browser.scenes.acts import open_the_map
from tests.browser.window import DESK, PHONE, Window

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("town")]
SERVICE = "road-works-licence"
POINTS = ((0.3, 0.6), (0.45, 0.45), (0.6, 0.5))  # parts of the map's width and height


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_route_is_drawn_by_pressing_on_the_map_and_drawn_again_replaces_it(
    opened: Opened, portal: str, salem: Staff, language: str
) -> None:
    with opened(language, DESK) as window:
        people.sign_in_by_ekey(window, portal)
        people.start(window, portal, SERVICE)
        answers = {name: each for name, each in answers_of(SERVICE).items() if name != "route"}
        people.answer_page(window, answers)
        go_closer(window)
        with saved(window, "route", is_empty=False):
            draw(window)
        with saved(window, "route", is_empty=True):
            window.page.locator("[data-again]").click()
        expect(window.page.locator("textarea[name=route]")).to_have_value("")
        draw(window)
        window.press("button[name=on]:not([aria-hidden])")
        people.answer_all(window, answers)
        assert window.page.url.endswith("/documents")
        people.attach_all(window)
        window.press(".actions a.ds-button")
        expect(window.page.locator("main")).to_contain_text("3 points" if language == "en" else "3 نقاط")
        address, reference = people.submit(window)
    salem.take(reference)
    for width in (PHONE, DESK):
        with opened(language, width) as window:
            people.be(window, salem)
            window.open(f"{portal}/desk{urlsplit(address).path}")
            shown = window.page.locator(".answers .drawing")
            shown.scroll_into_view_if_needed()
            expect(shown.locator("[data-open]")).to_be_visible()
            window.look()  # the map's button, now that it is there
            shown.locator("[data-open]").click()
            expect(shown).to_have_attribute("data-state", "open")


def test_without_javascript_a_route_is_written_as_coordinates(opened: Opened, portal: str) -> None:
    with opened("ar", PHONE, scripts=False) as window:
        people.sign_in_by_ekey(window, portal)
        people.start(window, portal, SERVICE)
        expect(window.page.locator(".map")).to_be_hidden()
        people.answer_all(window, answers_of(SERVICE))
        people.attach_all(window)
        window.press(".actions a.ds-button")
        people.submit(window)


@contextmanager
def saved(window: Window, name: str, *, is_empty: bool) -> Iterator[None]:
    """The block's own saving, awaited: the page replaces the block by what was saved."""

    def told(response: Response) -> bool:
        typed = dict(parse_qsl(response.request.post_data or "", keep_blank_values=True))
        return name in typed and (not typed[name]) == is_empty

    with window.page.expect_response(told):
        yield
    expect(window.page.locator(".htmx-request")).to_have_count(0)


def go_closer(window: Window) -> None:
    """From the outline of the territory, with which the map of a new town begins, to its streets."""
    open_the_map(window)
    for _ in range(6):
        window.page.locator(".maplibregl-ctrl-zoom-in").first.click()


def draw(window: Window) -> None:
    """Click each point, and the last one twice: the points then stand in the field beside the map."""
    open_the_map(window)
    window.page.locator(".map canvas").first.scroll_into_view_if_needed()
    box = window.page.locator(".map canvas").first.bounding_box()
    assert box
    for across, down in (*POINTS, POINTS[-1]):
        x, y = box["x"] + across * box["width"], box["y"] + down * box["height"]
        window.page.mouse.move(x, y, steps=4)
        window.page.mouse.click(x, y)
    one_a_line = re.compile(rf"^[^\n]+(\n[^\n]+){{{len(POINTS) - 1}}}$")
    expect(window.page.locator("textarea[name=route]")).to_have_value(one_a_line)
