"""The viewer of a file in Chromium: larger, turned, page after page by keys, and notes that stay at their places."""

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from rukhsa.applications.models import Application
from rukhsa.review.note import Note
from tests.browser import axe
from tests.web.desk.conftest import SignIn, person
from tests.web.desk.test_file_viewer import of_pages
from tests.web.desk.test_talk_browser import browser as browser  # noqa: F401, RUF100 - a fixture
from tests.web.desk.test_talk_browser import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEAR = 3  # pixels


@pytest.fixture(params=[("en", 1280), ("ar", 360)], ids=["en 1280", "ar 360"])
def opened(
    request: pytest.FixtureRequest,
    browser: Browser,  # noqa: F811, RUF100
    live_server: LiveServer,
    sign_in: SignIn,
    application: Application,
) -> Page:
    """A plan of three pages, upright, with a note on its first, as Salem opens it."""
    language, width = request.param
    salem = sign_in(person("salem", application.authority))
    file = of_pages(application, 3)
    told = {"page": "1", "x": "250", "y": "750", "note": "The wall is not drawn."}
    salem.post(reverse("desk:note-on-file", args=[file.pk]), told)
    page = signed_in(browser, live_server, salem, language, width)
    page.goto(live_server.url + reverse("desk:view-file", args=[file.pk]))
    expect(page.locator("[data-viewer-bar]")).to_be_visible()
    picture = page.locator("[data-sheet] img").first
    expect(picture).to_have_js_property("complete", True)
    return page


def box(found: Locator) -> dict[str, float]:
    shown = found.bounding_box()
    assert shown
    return dict(shown)


def middle(found: Locator, of: dict[str, float]) -> tuple[float, float]:
    """Where the middle of something lies, in parts of the width and the height of a box."""
    shown = box(found)
    across = (shown["x"] + shown["width"] / 2 - of["x"]) / of["width"]
    return across, (shown["y"] + shown["height"] / 2 - of["y"]) / of["height"]


def test_a_page_is_enlarged_and_made_small_again_by_keys(opened: Page) -> None:
    sheet = opened.locator("[data-sheet]").first
    first = box(sheet)["width"]
    for key, factor in (("i", 1.5), ("i", 2), ("o", 1.5), ("o", 1), ("o", 1)):
        opened.keyboard.press(key)
        assert abs(box(sheet)["width"] - factor * first) < NEAR, key
    width = opened.viewport_size
    assert width
    opened.keyboard.press("i")
    assert opened.evaluate("document.documentElement.scrollWidth") <= width["width"], (
        "it scrolls in its frame"
    )
    assert axe.faults(opened) == []


def test_a_turned_page_fits_its_frame_and_its_note_turns_with_it(opened: Page) -> None:
    sheet, picture = opened.locator("[data-sheet]").first, opened.locator("[data-sheet] img").first
    mark = opened.locator(".viewer-mark").first
    upright = box(sheet)["width"]
    for turns, (left, top) in enumerate([(0.25, 0.75), (0.25, 0.25), (0.75, 0.25), (0.75, 0.75)]):
        whole, drawn = box(sheet), box(picture)
        is_across = turns % 2 == 1
        assert (whole["width"] > whole["height"]) is is_across, turns
        assert abs(whole["width"] - upright) < NEAR
        for side in ("x", "y", "width", "height"):
            assert abs(whole[side] - drawn[side]) < NEAR, (turns, side)
        assert middle(mark, whole) == pytest.approx((left, top), abs=0.02), turns
        opened.keyboard.press("r")


def test_a_note_is_put_where_one_presses_on_a_turned_page(opened: Page, application: Application) -> None:
    sheet = opened.locator("[data-sheet]").first
    opened.keyboard.press("r")
    whole = box(sheet)
    sheet.click(position={"x": 0.6 * whole["width"], "y": 0.2 * whole["height"]})
    words = opened.locator("#note-on-1")
    expect(words).to_be_focused()
    opened.keyboard.type("Turn right here.")  # with the letters of keys, which do nothing in a field
    assert box(sheet)["width"] > box(sheet)["height"], "it is turned still"
    with opened.expect_navigation():
        opened.locator("form:has(#note-on-1) button").click()
    note = Note.objects.get(text="Turn right here.")
    assert (note.page, note.x, note.y) == (1, pytest.approx(200, abs=10), pytest.approx(400, abs=10))


def test_the_pages_follow_one_another_by_keys(opened: Page) -> None:
    number = opened.locator("[data-view-page]")
    for key, shown in (("n", "2"), ("n", "3"), ("n", "3"), ("p", "2")):
        opened.keyboard.press(key)
        expect(number).to_have_text(shown)
