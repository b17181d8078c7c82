"""A route is drawn by pressing, by keys and by a button; each step is told and can be undone."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Page, Route, expect

from rukhsa.applications.models import Application
from rukhsa.places.geometry import parse_area, parse_line
from tests.browser import axe
from tests.web.map.conftest import ROUTE, OpenMap

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def opened(page: Page) -> Page:
    """The page with its map open: over a fast connection it opens when it is seen."""
    page.locator("[data-map]").scroll_into_view_if_needed()
    expect(page.locator("[data-map]")).to_have_attribute("data-state", "open")
    page.locator(".map canvas").scroll_into_view_if_needed()
    return page


def press(page: Page, *points: tuple[float, float]) -> None:
    """Press on the map at parts of its width and height."""
    box = page.locator(".map canvas").bounding_box()
    assert box
    for across, down in points:
        page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"], steps=3)
        page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])


def lines(page: Page) -> list[str]:
    """The points in the field beside the map."""
    return page.locator("textarea[name=route]").input_value().splitlines()


def address_of(works: Application) -> str:
    """The page that asks for the route."""
    return f"/applications/{works.pk}/questions/works"


def test_a_route_is_drawn_by_pressing_and_the_last_point_ends_it(
    page_of: OpenMap, works: Application
) -> None:
    with page_of(address_of(works)) as page:
        opened(page)
        press(page, (0.3, 0.6), (0.5, 0.4), (0.7, 0.5), (0.7, 0.5))
        assert len(lines(page)) == 3
        press(page, (0.2, 0.2))  # it has ended: a press adds nothing
        assert len(lines(page)) == 3
        expect(page.locator("main [data-said]")).to_contain_text("finished")
        assert re.search(r"\d+\.\d m", page.locator("[data-measure]").inner_text())


def test_a_route_is_drawn_by_keys_alone_and_said(page_of: OpenMap, works: Application) -> None:
    with page_of(address_of(works), width=360) as page:
        opened(page)
        page.locator(".map canvas").focus()
        keys = page.keyboard
        for key in ("Space", "ArrowRight", "ArrowRight", "Space", "ArrowDown", "Space", "Space"):
            keys.press(key)
        assert len(lines(page)) == 4
        keys.press("Backspace")
        expect(page.locator("main [data-said]")).to_contain_text("Points left: 3")
        keys.press("Enter")
        expect(page.locator("main [data-said]")).to_contain_text("finished")
        assert len(lines(page)) == 3
        assert axe.faults(page) == []


def test_the_button_adds_the_point_under_the_cross_and_undo_takes_each_step_back(
    page_of: OpenMap, works: Application
) -> None:
    with page_of(address_of(works)) as page:
        opened(page)
        page.locator("[data-add]").click()
        expect(page.locator("[data-undo]")).to_be_enabled()
        page.locator(".map canvas").press("ArrowRight")
        page.locator("[data-add]").click()
        drawn = lines(page)
        assert len(drawn) == 2
        page.locator("[data-again]").click()
        assert lines(page) == []
        page.locator("[data-undo]").click()
        assert lines(page) == drawn


def test_typed_points_stand_on_the_map_and_a_corner_is_moved_by_keys(
    page_of: OpenMap, works: Application
) -> None:
    with page_of(address_of(works)) as page:
        opened(page)
        field = page.locator("textarea[name=route]")
        field.fill(ROUTE)
        field.blur()
        expect(page.locator(".map-corner")).to_have_count(2)
        expect(page.locator("[data-measure]")).to_have_text("99.9 m")
        page.locator(".map-corner").last.press("ArrowUp")
        first, last = lines(page)
        assert first == ROUTE.splitlines()[0]
        assert last != ROUTE.splitlines()[1]
        expect(page.locator(".map-corner").last).to_be_focused()
        page.locator(".map-corner").last.press("Delete")
        assert lines(page) == []


def test_the_amounts_of_the_server_follow_what_is_drawn(page_of: OpenMap, works: Application) -> None:
    with page_of(address_of(works)) as page:
        opened(page)
        figures = page.locator(".figures")
        expect(figures).to_be_hidden()
        page.locator("textarea[name=route]").fill(ROUTE)
        page.locator("textarea[name=route]").blur()
        expect(figures).to_contain_text("99.9 m")
        expect(figures).to_contain_text("BD\u00a0200.000")  # 100 × 2.000
        expect(figures).to_contain_text("100 × BD\u00a02.000")
        expect(figures).to_contain_text("begun is charged in full")
        expect(figures).to_contain_text("At most")  # whether it is for a government body is asked later
        page.locator("[data-add]").click()
        expect(figures).not_to_contain_text("100 × BD\u00a02.000")
        expect(figures).not_to_have_attribute("data-stale", "")


def test_points_outside_the_country_are_refused_at_once_and_by_the_server(
    page_of: OpenMap, works: Application
) -> None:
    with page_of(address_of(works)) as page:
        opened(page)
        field = page.locator("textarea[name=route]")
        field.fill("50.5876, 26.2235\n50.5886, 26.2235")  # as a road in Ukraine
        field.blur()
        expect(page.locator("[data-refused]")).to_contain_text("latitude and longitude are swapped")
        expect(page.locator("#q-route-error")).to_contain_text("km outside Kingdom of Bahrain")
        expect(page.locator(".figures")).to_be_hidden()
        field.fill(ROUTE)
        field.blur()
        expect(page.locator("[data-refused]")).to_be_hidden()
        expect(page.locator("#q-route-error")).to_have_count(0)


def test_without_scripts_the_points_are_typed(page_of: OpenMap, works: Application) -> None:
    with page_of(address_of(works), java_script_enabled=False) as page:
        expect(page.locator("[data-map]")).to_be_hidden()
        expect(page.locator("textarea[name=route]")).to_be_visible()


# A headless shell slows the line down and says that it is fast.
SAYS_SLOW = "Object.defineProperty(NetworkInformation.prototype, 'effectiveType', { get: () => '2g' })"
MOST_BYTES = 500_000  # of a map, from the press until it can be drawn on
PHONE = {"width": 360, "has_touch": True, "is_mobile": True}


def test_one_finger_scrolls_the_page_and_a_tap_draws(page_of: OpenMap, works: Application) -> None:
    with page_of(address_of(works), **PHONE) as page:
        opened(page)
        before, x, y = page.evaluate("scrollY"), *middle_of(page, ".map canvas")
        swipe(page, (x, y), (x, y - 120))
        assert page.evaluate("scrollY") > before + 60
        page.locator(".map canvas").scroll_into_view_if_needed()
        page.touchscreen.tap(*middle_of(page, ".map canvas"))
        expect(page.locator(".map-corner")).to_have_count(1)


def test_a_corner_is_dragged_by_a_finger_while_the_page_stands_still(
    page_of: OpenMap, works: Application
) -> None:
    with page_of(address_of(works), **PHONE) as page:
        opened(page)
        page.locator("textarea[name=route]").fill(ROUTE)
        page.locator("textarea[name=route]").blur()
        page.locator(".map canvas").scroll_into_view_if_needed()
        before, (x, y) = page.evaluate("scrollY"), middle_of(page, ".map-corner >> nth=1")
        swipe(page, (x, y), (x, y - 72))
        moved = middle_of(page, ".map-corner >> nth=1")
        assert abs(moved[1] - (y - 72)) < 12, moved
        assert page.evaluate("scrollY") == before
        assert lines(page)[1] != ROUTE.splitlines()[1]


@pytest.mark.parametrize(
    ("file", "protection"), [("map.js", "cooperativeGestures: true,"), ("map.css", "touch-action: none;")]
)
def test_without_what_protects_it_a_finger_moves_the_wrong_thing(
    page_of: OpenMap, works: Application, file: str, protection: str
) -> None:
    with page_of("/applications/", **PHONE) as page:
        page.route(f"**/web/map/{file}", lambda route: without(route, protection))
        page.goto(page.url.removesuffix("/applications/") + address_of(works))
        opened(page)
        page.locator("textarea[name=route]").fill(ROUTE)
        page.locator("textarea[name=route]").blur()
        page.locator(".map canvas").scroll_into_view_if_needed()
        before = page.evaluate("scrollY")
        x, y = middle_of(page, ".map canvas" if file == "map.js" else ".map-corner >> nth=1")
        swipe(page, (x, y + 60), (x, y - 60)) if file == "map.js" else swipe(page, (x, y), (x, y - 72))
        assert (page.evaluate("scrollY") > before) == (file == "map.css")


def test_the_browser_measures_as_the_server_does(page_of: OpenMap, works: Application) -> None:
    lines = [
        "26.05,50.5\n26.06,50.51\n26.0601,50.5123",
        "26.2235,50.5876\n26.2245,50.5876",
        "0,0\n0.001,0.001\n0,0.002",
    ]
    with page_of(address_of(works)) as page:
        measured = page.evaluate(
            """async (lines) => {
                const { measured } = await import("/static/web/map/measure.js");
                const { read } = await import("/static/web/map/points.js");
                return lines.map((line) => [measured(read(line), "line"), measured(read(line), "area")]);
            }""",
            lines,
        )
    for line, (length, size) in zip(lines, measured, strict=True):
        assert float(length) == pytest.approx(float(parse_line(line)["measure"]), abs=0.11)
        if len(line.splitlines()) > 2:
            assert float(size) == pytest.approx(float(parse_area(line)["measure"]), rel=1e-4)


def without(route: Route, protection: str) -> None:
    """The file without a piece of it."""
    body = route.fetch().text()
    assert protection in body
    route.fulfill(
        body=body.replace(protection, ""),
        content_type="text/css" if "css" in route.request.url else "text/javascript",
    )


def test_nothing_of_the_map_is_fetched_before_it_is_asked_for_over_a_slow_line(
    page_of: OpenMap, works: Application
) -> None:
    with page_of("/applications/") as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        slow = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
        page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
        page.add_init_script(SAYS_SLOW)
        page.goto(page.url.removesuffix("/applications/") + address_of(works))
        page.locator("[data-map]").scroll_into_view_if_needed()
        page.wait_for_timeout(500)
        assert [address for address in asked if "maplibre" in address] == []
        before = len(asked)
        page.locator("[data-open]").click()
        expect(page.locator("[data-map]")).to_have_attribute("data-state", "open")
        expect(page.locator(".map canvas")).to_be_focused()
        fetched = {address for address in asked[before:] if "/static/" in address}
        assert any("maplibre-gl-worker" in address for address in fetched)
        assert packed(fetched) < MOST_BYTES
        # The control: what is not packed is more than twice as much as may be.
        assert packed(fetched, level=0) > 2 * MOST_BYTES


def packed(addresses: set[str], *, level: int = 9) -> int:
    """The bytes of static files, each packed by gzip."""
    names = (address.partition("/static/")[2].partition("?")[0] for address in addresses)
    files = (finders.find(name) for name in names)
    return sum(len(gzip.compress(Path(file).read_bytes(), level)) for file in files if file)


def middle_of(page: Page, selector: str) -> tuple[float, float]:
    """The middle of an element in the window."""
    box = page.locator(selector).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def swipe(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Move one finger over the page, as a telephone tells it."""
    touch = page.context.new_cdp_session(page)
    steps = 12

    def send(kind: str, at: tuple[float, float] | None) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(20)

    send("touchStart", start)
    for step in range(1, steps + 1):
        send("touchMove", tuple(a + (b - a) * step / steps for a, b in zip(start, end, strict=True)))  # type: ignore[arg-type]
    send("touchEnd", None)
