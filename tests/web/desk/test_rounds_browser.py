"""The visits of an area in Chromium: drawn by keys on a telephone and by the pointer on a desk, and planned."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from rukhsa.places.models import Block
from rukhsa.rounds.round import Round, visits_of_round
from tests.browser import axe
from tests.browser.chromium import chromium
from tests.rooms.review import works
from tests.web.desk.conftest import person
from tests.web.desk.test_talk_browser import signed_in
from tests.web.desk.visits_in_town import around, waiting_at
from tests.web.map import invented

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; Playwright runs an event loop in this thread, in which Django refuses database queries."""
    with pytest.MonkeyPatch.context() as environment, chromium() as launched:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield launched


@pytest.fixture(autouse=True)
def town(db: None, tmp_path: Path, settings: Settings) -> None:
    """The invented town: its ground, its surveys, and an inspector."""
    settings.RUKHSA_GROUND = tmp_path / "ground"
    Block.objects.get_or_create(number=317, defaults={"authority": works.authority()})
    invented.ground(tmp_path)
    invented.survey_plots()
    person("yusuf", works.authority())


def reached(page: Page, wanted: Locator) -> None:
    """Go on by Tab until the wanted place has the focus."""
    for _step in range(120):
        if wanted.evaluate("place => place === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"not reached by Tab: {wanted}")


def sound(page: Page, width: int) -> None:
    """Without serious faults, and no wider than the window."""
    assert axe.faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_area_is_drawn_by_keys_and_its_visits_are_planned_by_keys(
    browser: Browser, live_server: LiveServer, mariam: Client
) -> None:
    inside, outside = waiting_at((2, 2), (2, 3)), waiting_at((1, 0), (4, 5))
    page = signed_in(browser, live_server, mariam, "ar", 360)
    page.goto(live_server.url + reverse("desk:rounds"))
    reached(page, page.locator("[data-open]"))
    page.keyboard.press("Enter")
    expect(page.locator("[data-map]")).to_have_attribute("data-state", "open")
    expect(page.locator(".map canvas")).to_be_focused()
    sound(page, 360)
    # Around the middle of the town, where the cross stands: three steps to each side, one up and one down.
    for key, times in (("ArrowLeft", 2), ("ArrowUp", 1), (" ", 1), ("ArrowRight", 4), (" ", 1), ("ArrowDown", 2),
                       (" ", 1), ("ArrowLeft", 4), (" ", 1), ("Enter", 1)):  # fmt: skip
        for _time in range(times):
            page.keyboard.press(key)
    assert len(page.locator("#area").input_value().splitlines()) == 4
    reached(page, page.locator(".planning-area button:not([type=button])"))
    with page.expect_navigation(url="**area=*"):
        page.keyboard.press("Enter")
    expect(page.locator("[name=visit]:checked")).to_have_count(len(inside))
    assert not any(page.locator(f'[name=visit][value="{each.pk}"]').count() for each in outside)
    sound(page, 360)
    page.reload()  # the address has the area
    expect(page.locator("[name=visit]:checked")).to_have_count(len(inside))
    reached(page, page.locator("#planning button"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert set(visits_of_round(Round.objects.get())) == set(inside)
    page.context.close()


def test_an_area_is_drawn_by_the_pointer_and_changed_from_the_address(
    browser: Browser, live_server: LiveServer, mariam: Client
) -> None:
    visits = waiting_at(*((row, column) for row in range(1, 5) for column in range(6)))
    page = signed_in(browser, live_server, mariam, "en", 1280)
    page.goto(live_server.url + reverse("desk:rounds"))
    page.locator("[data-open]").click()
    expect(page.locator("[data-map]")).to_have_attribute("data-state", "open")
    box = page.locator(".map canvas").bounding_box()
    assert box
    for across, down in ((0.5, 0.02), (0.98, 0.02), (0.98, 0.88), (0.5, 0.88)):
        page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
    with page.expect_navigation(url="**area=*"):
        page.locator(".planning-area button:not([type=button])").click()
    chosen = page.locator("[name=visit]:checked")
    eastern = [each for each in visits if each.application.answers["place"]["building"] % 10 > 2]
    expect(chosen).to_have_count(len(eastern))
    assert {each.get_attribute("value") for each in chosen.all()} == {str(each.pk) for each in eastern}
    sound(page, 1280)
    page.locator("[data-open]").click()  # the map comes with the area that was drawn
    expect(page.locator(".map-corner")).to_have_count(4)
    page.locator("[data-again]").click()
    expect(page.locator("#area")).to_have_value("")
    page.context.close()


def test_without_scripts_the_corners_are_typed(
    browser: Browser, live_server: LiveServer, mariam: Client
) -> None:
    [inside], outside = waiting_at((1, 0)), waiting_at((4, 5))
    session = mariam.cookies["rukhsa-session"].value
    context = browser.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    context.add_cookies([{"name": "rukhsa-session", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + reverse("desk:rounds"))
    expect(page.locator(".planning-area svg.ground-picture")).to_be_visible()
    page.locator(".planning-area details:has(#area) summary").click()
    page.locator("#area").fill(around(rows=range(0, 3), columns=range(2)))
    page.locator(".planning-area button:not([type=button])").click()
    expect(page.locator("[name=visit]:checked")).to_have_count(1)
    expect(page.locator(f'[name=visit][value="{inside.pk}"]')).to_be_checked()
    assert len(outside) == 1
    context.close()
