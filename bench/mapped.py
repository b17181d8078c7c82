"""What a map costs on a slow phone: when the server's picture stands, and when one can draw after a press.

The page of the route of road works, with a ground made of the territory's own data, opened as in `bench.weight`.
"""

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from playwright.sync_api import Browser, BrowserContext

from bench import weight
from bench.figure import Figure
from bench.town import enter_town
from tests.browser.chromium import chromium
from tests.browser.plots import answers_of

SERVICE: Final = "road-works-licence"
PICTURE: Final = 5_000  # ms until the picture stands
DRAWABLE: Final = 15_000  # ms from the press until a point can be drawn
FETCHED: Final = 500  # kB of scripts, styles and tiles after the press
NOW: Final = "performance.now()"
# Two frames after the place is found, so that it is painted.
PAINTED: Final = """() => new Promise(done =>
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"""


def figures() -> Iterator[Figure]:
    """Ours beside the limits."""
    from rukhsa_rehearsal.deployment import deployed

    enter_town()  # the story reads the codes of the staff from the rooms
    with TemporaryDirectory() as folder, deployed(Path(folder, "town")) as town, chromium() as browser:
        ground = str(Path(folder, "ground.pmtiles"))
        town.command("map", "make", ground)
        town.command("map", "ground", ground, "--attribution", "The territory's own data")
        portal = town.config.addresses.portal_url
        context = weight.signed_in(browser, portal)
        address = drawn(context, portal)
        opened = [_opened(browser, address, context) for _ in range(weight.ROUNDS)]
    pictures, presses, fetched = (median(each) for each in zip(*opened, strict=True))
    yield _limited("a map on a slow phone, the server's picture stands", pictures, PICTURE, "ms")
    yield _limited("a map on a slow phone, can be drawn on after the press", presses, DRAWABLE, "ms")
    yield _limited("a map on a slow phone, fetched after the press", fetched, FETCHED, "kB")


def _limited(name: str, ours: float, limit: float, unit: str) -> Figure:
    return Figure(name=name, ours=ours, peer=limit, wanted=1, unit=unit, less_is_better=True, other="limit")


def drawn(context: BrowserContext, portal: str) -> str:
    """The address of the questions of a draft of Layla's whose route is drawn already."""
    page = context.new_page()
    page.goto(f"{portal}/services/{SERVICE}")
    page.locator("form[action$='/start'] button").first.click()
    page.locator("#section-form").wait_for()
    address = page.url
    with page.expect_response(lambda answer: "route=" in (answer.request.post_data or "") and answer.ok):
        page.locator("textarea[name=route]").fill(answers_of(SERVICE)["route"])
        page.locator("textarea[name=route]").blur()
    page.goto(address)
    page.locator(".map-picture svg").wait_for()
    page.close()
    return address


def _opened(browser: Browser, address: str, like: BrowserContext) -> tuple[float, float, float]:
    """Milliseconds until the picture stands, until one can draw after the press, and kB fetched after it."""
    context = weight.slow_phone(browser, like)
    page = context.new_page()
    came: list[float] = []
    weight.slow(context.new_cdp_session(page), came.append)
    page.goto(address, wait_until="commit", timeout=120_000)
    page.locator(".map-picture svg").wait_for(timeout=120_000)
    picture = page.evaluate(PAINTED)
    page.wait_for_load_state("networkidle", timeout=120_000)
    button = page.locator("[data-open]").first
    button.wait_for()
    before, pressed = sum(came), page.evaluate(NOW)
    button.press("Enter")
    page.locator("[data-map][data-state=open]").wait_for(timeout=120_000)
    took = page.evaluate(PAINTED) - pressed
    page.wait_for_load_state("networkidle", timeout=120_000)
    kilobytes = (sum(came) - before) / 1000
    context.close()
    return picture, took, kilobytes
