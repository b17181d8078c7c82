"""What goes over the network is packed and kept, and nothing moves while a page loads."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Request

from rukhsa.web import look
from tests.browser.test_accessible import MOVING
from tests.browser.window import HEIGHTS, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("town")]
STILL = 0.02
MOVED = """() => new Promise(told => new PerformanceObserver(seen => told(
    seen.getEntries().reduce((sum, each) => sum + each.value, 0)
)).observe({ type: "layout-shift", buffered: true }) || setTimeout(() => told(0), 500))"""
# How high the head is, and how far down its first tool, with one tool of it, with two, and so on.
ARRIVED = """() => {
    const tools = [...document.querySelector(".head-tools").children];
    const measured = tools.map((_, last) => {
        tools.forEach((tool, place) => { tool.style.display = place > last ? "none" : ""; });
        const found = [document.querySelector(".head").offsetHeight, tools[0].getBoundingClientRect().top];
        tools.forEach(tool => { tool.style.display = ""; });
        return found;
    });
    return [measured.map(each => each[0]), measured.map(each => each[1])];
}"""
RARE = ["arabic-more", "latin-more", "latin-ext"]


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A phone with an empty cache."""
    context = browser.new_context(viewport={"width": PHONE, "height": HEIGHTS[PHONE]}, locale="ar-BH")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("accepted", "given"), [("br, gzip", "br"), ("gzip", "gzip"), ("identity", None)])
def test_a_style_sheet_comes_packed_as_it_is_taken_and_is_kept_for_a_year(
    portal: str, accepted: str, given: str | None
) -> None:
    (sheet,) = re.findall(r'href="(/static/look/pages[.][^"]+css)"', ask(portal, "/").text)
    answer = ask(portal, sheet, accepted)
    assert answer.headers.get("Content-Encoding") == given
    assert {"max-age=315360000", "public", "immutable"} == set(answer.headers["Cache-Control"].split(", "))
    assert look.FAMILY in answer.text
    assert ask(portal, "/static/look/pages.css").headers["Cache-Control"] == "max-age=60, public"


@pytest.mark.parametrize("site", ["portal", "verifier"])
def test_a_page_comes_packed_and_a_file_that_is_packed_already_as_it_is(
    request: pytest.FixtureRequest, site: str
) -> None:
    address = request.getfixturevalue(site)
    assert ask(address, "/", "gzip").headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in ask(address, "/", "identity").headers


@pytest.mark.parametrize(
    ("accepted", "given"), [("br;q=1, gzip", "br"), ("br;q=0, gzip", "gzip"), ("", None)]
)
def test_the_verifier_packs_its_files_as_they_are_taken(
    verifier: str, accepted: str, given: str | None
) -> None:
    assert ask(verifier, "/assets/page.js", accepted).headers.get("Content-Encoding") == given
    assert "Content-Encoding" not in ask(verifier, "/assets/look/arabic-400.woff2", "br").headers


@pytest.mark.parametrize(
    ("site", "path"), [("portal", "/"), ("portal", "/services/road-works-licence"), ("verifier", "/")]
)
def test_nothing_moves_and_no_rare_font_is_fetched(
    phone: Page, request: pytest.FixtureRequest, site: str, path: str
) -> None:
    fetched: list[Request] = []
    phone.on("request", lambda asked: fetched.append(asked))
    phone.goto(f"{request.getfixturevalue(site)}{path}", wait_until="networkidle")
    assert phone.evaluate(MOVED) < STILL
    fonts = [each.url for each in fetched if each.url.endswith(".woff2")]
    assert fonts
    assert not [each for each in fonts if any(part in each for part in RARE)]


@pytest.mark.parametrize("width", [PHONE, 1280])
@pytest.mark.parametrize(
    ("site", "path"), [("portal", "/"), ("portal", "/services/road-works-licence"), ("verifier", "/")]
)
def test_the_head_stands_where_it_stays_however_much_of_it_has_arrived(
    phone: Page, request: pytest.FixtureRequest, site: str, path: str, width: int
) -> None:
    phone.set_viewport_size({"width": width, "height": HEIGHTS[PHONE]})
    phone.goto(f"{request.getfixturevalue(site)}{path}")
    heights, rows = phone.evaluate(ARRIVED)
    assert len(set(heights)) == 1, heights
    assert len(set(rows)) == 1, rows


def test_a_head_whose_tools_fall_into_a_second_row_is_seen(phone: Page, portal: str) -> None:
    phone.goto(portal)
    phone.evaluate("document.querySelector('.head-tools').style.flexBasis = 'auto'")
    heights, rows = phone.evaluate(ARRIVED)
    assert len(set(heights)) > 1
    assert len(set(rows)) > 1


def test_a_rare_letter_fetches_its_font(phone: Page, portal: str) -> None:
    phone.goto(portal)
    with phone.expect_request(lambda asked: "arabic-more-400" in asked.url):
        phone.evaluate("document.querySelector('main').append('\u069a')")


def test_what_moves_is_seen(phone: Page, portal: str) -> None:
    phone.goto(portal)
    phone.evaluate("document.querySelector('main').style.marginTop = '300px'")
    phone.wait_for_timeout(100)
    assert phone.evaluate(MOVED) > STILL


def ask(site: str, path: str, accepted: str = "identity") -> httpx.Response:
    """What a site answers to a client that takes these encodings."""
    headers: dict[str, Any] = {"Accept-Encoding": accepted}
    return httpx.get(f"{site}{path}", headers=headers)


def test_the_verifier_does_not_turn_for_who_asked_for_less_motion(phone: Page, verifier: str) -> None:
    phone.goto(verifier)
    # As while it works.
    phone.evaluate(
        "document.body.append(Object.assign(document.createElement('div'), {className: 'spinner'}))"
    )
    phone.emulate_media(reduced_motion="no-preference")
    assert phone.evaluate(MOVING)
    phone.emulate_media(reduced_motion="reduce")
    assert phone.evaluate(MOVING) == []
