"""Where Chromium is, and how it is started."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, expect, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream=device-count=2",  # this machine has no camera
]
PATIENCE = 120_000  # milliseconds: the machine may be busy
expect.set_options(timeout=PATIENCE)


class ChromiumMissing(Exception):
    """The machine has no Chromium."""

    def __init__(self) -> None:
        super().__init__("Chromium is missing: install the package `chromium` (Debian), then run this again.")


def path() -> str:
    """Where the program is; raises ChromiumMissing with one line that says what to do."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        raise ChromiumMissing
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for as long as a block lasts."""
    program = path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
