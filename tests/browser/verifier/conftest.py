"""A browser in front of the verifier's process."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser import chromium
from tests.web.public.conftest import address, public_site, server, verifier_process

__all__ = ["address", "public_site", "server", "verifier_process"]

ARGUMENTS = [
    *chromium.ARGUMENTS,
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream=device-count=2",
]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """The driver of browsers."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    browser = playwright.chromium.launch(executable_path=chromium.path(), args=ARGUMENTS)
    yield browser
    browser.close()
