"""What is typed while the page saves by itself is not overwritten by the response."""

from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Request, Route, expect

from tests.browser import people
from tests.browser.conftest import Opened
from tests.browser.window import DESK

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("town")]


def saved(request: Request) -> tuple[str, str]:
    """The numbers of building and road that a page saves by itself."""
    typed = dict(parse_qsl(request.post_data or ""))
    return typed.get("home.building", ""), typed.get("home.road", "")


def test_an_answer_that_comes_late_takes_back_nothing_that_was_typed_meanwhile(
    opened: Opened, portal: str
) -> None:
    held: list[Route] = []
    with opened("en", DESK) as window:
        people.sign_in_by_ekey(window, portal)
        people.start(window, portal, "proof-of-residence")
        page = window.page
        building, road = (page.locator(f"[name='home.{part}']") for part in ("building", "road"))
        page.route(
            "**/questions/*",
            lambda route: held.append(route) if saved(route.request) == ("1", "") else route.continue_(),
        )
        with page.expect_request(lambda asked: saved(asked) == ("1", "")):
            building.fill("1")
        with page.expect_response(lambda told: saved(told.request) == ("12", "3402")):
            building.fill("12")
            road.fill("3402")
            road.blur()
            held.pop().continue_()
        expect(page.locator(".htmx-request")).to_have_count(0)
        expect(building).to_have_value("12")
        expect(road).to_have_value("3402")
