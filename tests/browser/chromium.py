"""Where Chromium is, and how it is started."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserType, expect, sync_playwright

from tests import programs

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream=device-count=2",  # this machine has no camera
]
PATIENCE = 120_000  # milliseconds, for a busy machine
expect.set_options(timeout=PATIENCE)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for the duration of a block; raises ProgramMissing with what to do."""
    programs.chromium()  # before Playwright starts
    with sync_playwright() as playwright:
        browser = launched(playwright.chromium, ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def launched(kind: BrowserType, arguments: list[str]) -> Browser:
    """A Chromium started with these arguments."""
    program, asked_for, environment = programs.chromium()
    return kind.launch(
        executable_path=program, args=[*arguments, *asked_for], env=environment, timeout=PATIENCE
    )
