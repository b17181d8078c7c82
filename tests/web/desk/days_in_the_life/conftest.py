"""One browser for the days of a module, and a window for each."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import chromium
from tests.web.desk.days_in_the_life.persons_day import Day, begun


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; Playwright runs an event loop in this thread, in which Django refuses database queries."""
    with pytest.MonkeyPatch.context() as environment, chromium() as launched:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield launched


@pytest.fixture
def day(browser: Browser, live_server: LiveServer) -> Iterator[Day]:
    """The day of one person."""
    yield from begun(browser, live_server.url)
