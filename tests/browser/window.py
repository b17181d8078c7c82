"""A window of a person's browser, which records everything that goes wrong in it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Download, Locator, Page, Request, Response, expect

from tests.browser import axe
from tests.browser.chromium import PATIENCE

ASKS_AGAIN = 422  # the page returns with a problem, or with one more question
# The verifier requests one status list after the other until one is missing.
BEYOND_THE_LAST = re.compile(r"/status/[a-z-]+/[0-9]+[.]cwt$")
PHONE, DESK = 360, 1280
HEIGHTS = {PHONE: 740, DESK: 900}
# Once the page is one of its service worker. Waited for in the page: `wait_for_function` asks again by `eval`, which
# the policy of our pages refuses.
CONTROLLED = """async () => {
    if (!navigator.serviceWorker.controller)
        await new Promise(told => navigator.serviceWorker.addEventListener("controllerchange", told, { once: true }));
}"""

# The buttons that are narrower than their longest word: it is broken in two, or hangs over the edge.
SQUEEZED = """() => [...document.querySelectorAll(".ds-button")].filter((button) => {
  if (!button.checkVisibility()) return false;
  const wished = button.cloneNode(true);
  wished.removeAttribute("id");
  wished.style.cssText = "position: absolute; width: min-content; max-width: none; overflow-wrap: normal";
  button.after(wished);
  const needed = wished.getBoundingClientRect().width;
  wished.remove();
  return button.getBoundingClientRect().width + 1 < needed || button.scrollWidth > button.clientWidth + 1;
}).map((button) => button.innerText)"""


@dataclass(kw_only=True)
class Window:
    """One person's window: a width, a language, and a list of everything that went wrong."""

    browser: Browser
    language: str = "ar"
    width: int = DESK
    scripts: bool = True
    csp: bool = True  # whether the page's policy holds for what a test brings along
    sites: tuple[str, ...] = ()  # where the choice of language is known
    faults: list[str] = field(default_factory=list)
    downloads: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.context = self.browser.new_context(
            viewport={"width": self.width, "height": HEIGHTS[self.width]},
            java_script_enabled=self.scripts,
            bypass_csp=not self.csp,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Asia/Bahrain",
            accept_downloads=True,
        )
        for site in self.sites:
            cookie = {"name": "rukhsa-language", "value": self.language, "url": site}
            self.context.add_cookies([cookie])  # type: ignore[list-item]
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self._watch()

    def open(self, address: str) -> Page:
        """Open an address and examine the page."""
        self.page.goto(address)
        return self.look()

    def press(self, target: str | Locator) -> Page:
        """Follow a link or button to another page, and examine that page."""
        found = self.page.locator(target).first if isinstance(target, str) else target
        with self.page.expect_navigation():
            found.click()
        return self.look()

    def fill(self, values: Mapping[str, str]) -> None:
        """Write into the fields that are there."""
        for name, value in values.items():
            _fill(self.page, name, value)

    def look(self) -> Page:
        """Find no serious accessibility fault, nothing that is too wide, and no button too narrow for its words."""
        self.page.wait_for_load_state("load")
        address = urlsplit(self.page.url).path
        found = axe.faults(self.page) if self.scripts else []
        if self.scripts:
            axe.note(address, self.language, self.width, found)
        for fault in found:
            self.faults.append(f"{address} ({self.language}, {self.width} px): {fault}")
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > self.width:
            self.faults.append(f"{address} ({self.language}): {wide} px wide in a window of {self.width} px")
        for button in self.page.evaluate(SQUEEZED):
            self.faults.append(
                f"{address} ({self.language}, {self.width} px): too narrow a button: {button!r}"
            )
        return self.page

    def downloaded(self, target: str) -> bytes:
        """The file that a click downloads."""
        with self.page.expect_download() as coming:
            self.page.locator(target).first.click()
        return Path(coming.value.path()).read_bytes()

    def keep(self, cookies: Mapping[str, str], site: str) -> None:
        """Be signed in as the person of these cookies."""
        self.context.add_cookies(
            [{"name": name, "value": value, "url": site} for name, value in cookies.items()]
        )

    @property
    def wrong(self) -> list[str]:
        """Everything that went wrong; a download aborts the navigation that started it, which is no fault."""
        found = [fault for fault in self.faults if not any(each in fault for each in self.downloads)]
        return list(dict.fromkeys(found))

    def close(self) -> None:
        """Close the window, and fail if anything went wrong in it."""
        self.context.close()
        assert self.wrong == [], "\n".join(self.wrong)

    def __enter__(self) -> "Window":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None:
            self.close()
            return
        error.add_note("\n".join([f"the window showed {self.page.url}", *self.wrong]))
        self.context.close()

    def _watch(self) -> None:
        self.context.on("page", self._listen)
        self._listen(self.page)

    def _listen(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(f"the script broke: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)
        page.on("download", self._downloaded)

    def _heard(self, message: ConsoleMessage) -> None:
        # A form that is shown again is an answer, though Chromium reports its status as an error.
        asked_again = f"status of {ASKS_AGAIN}" in message.text
        if (
            message.type == "error"
            and not asked_again
            and not BEYOND_THE_LAST.search(message.location["url"])
        ):
            self.faults.append(f"console on {self.page.url}: {message.text}")

    def _failed(self, request: Request) -> None:
        # Leaving a page aborts its pending requests, also those of files shown in it.
        is_page = request.is_navigation_request() and request.frame.parent_frame is None
        if request.failure != "net::ERR_ABORTED" or is_page:
            self.faults.append(f"no answer: {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        missing = response.status == 404 and BEYOND_THE_LAST.search(response.url)
        if response.status >= 400 and response.status != ASKS_AGAIN and not missing:
            self.faults.append(f"status {response.status}: {response.request.method} {response.url}")

    def _downloaded(self, download: Download) -> None:
        self.downloads.add(download.url)


def _fill(page: Page, name: str, value: str) -> None:
    found = page.locator(f"main [name='{name}']")
    kind = found.first.evaluate("field => field.type")
    if kind == "radio":
        choice = found.and_(page.locator(f"[value='{value}']"))
        if not choice.is_checked():
            _choose(page, name, value, choice.check)
    elif kind == "select-one":
        _choose(page, name, value, lambda: found.select_option(value))
    else:
        found.fill(value)


def _choose(page: Page, name: str, value: str, choose: Callable[[], object]) -> None:
    """Choose an answer, and wait until the page has been updated for it, where it asks the server."""
    if not page.evaluate("'htmx' in window && document.querySelector('#live') !== null"):
        choose()
        return
    given = (name, value)
    with page.expect_response(lambda told: given in parse_qsl(told.request.post_data or "")):
        choose()
    expect(page.locator(".htmx-request")).to_have_count(0)
