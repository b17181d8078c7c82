"""Layla in Chromium on the page of a road works licence that asks for the route."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from rukhsa.applications.models import Application
from tests import applicants
from tests.browser.chromium import chromium

OpenMap = Callable[..., AbstractContextManager[Page]]
ROUTE = "26.2235000, 50.5876000\n26.2235000, 50.5886000"


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """Chromium, as the machine has it."""
    # Playwright runs an event loop in this thread, in which Django refuses database queries.
    with pytest.MonkeyPatch.context() as environment, chromium() as launched:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield launched


@pytest.fixture
def layla(db: None) -> Client:
    """Layla, signed in, in a town that has opened."""
    applicants.open_town()
    return applicants.signed_in(applicants.layla())


@pytest.fixture
def works(layla: Client) -> Application:
    """A road works licence that she has just started."""
    layla.post("/services/road-works-licence/start")
    return Application.objects.get()


@pytest.fixture
def page_of(chrome: Browser, live_server: LiveServer, layla: Client) -> OpenMap:
    """Open an address as Layla: `with page_of("/applications/", language="ar", width=360) as page`."""

    @contextmanager
    def opened(address: str, *, language: str = "en", width: int = 1280, **context: Any) -> Iterator[Page]:
        window = chrome.new_context(
            viewport={"width": width, "height": 800}, reduced_motion="reduce", **context
        )
        values = {"rukhsa-session": layla.cookies["rukhsa-session"].value, "rukhsa-language": language}
        window.add_cookies(
            [{"name": name, "value": value, "url": live_server.url} for name, value in values.items()]
        )
        page = window.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console", lambda told: faults.append(told.text) if told.type in ("error", "warning") else None
        )
        page.goto(live_server.url + address)
        yield page
        expect(page.locator(".htmx-request")).to_have_count(0)
        page.goto("about:blank")  # so that nothing writes any more
        window.close()
        assert [fault for fault in faults if "GPU stall" not in fault and "WebGL" not in fault] == []

    return opened
