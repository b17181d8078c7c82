"""A town that runs, a browser, and the officer who answers from the other side."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker

from rukhsa.project.config import config as configuration
from rukhsa_rehearsal.deployment import World, world
from rukhsa_rehearsal.story.staff import Staff
from tests.browser.chromium import chromium
from tests.browser.window import Window
from tests.database import copied

Opened = Callable[..., Window]


@pytest.fixture(scope="package")
def town(django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """All processes on ports of their own, with the services published and nothing applied for."""
    # A world for each process of the tests: one that gets a browser test finds its own.
    name = f"browser-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    with pytest.MonkeyPatch.context() as environment, django_db_blocker.unblock():
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser may be there already
        database = copied(name)
    with world(configuration().data / name, settings={"DATABASE_URL": database}) as running:
        yield running


@pytest.fixture(scope="package")
def portal(town: World) -> str:
    """Where the portal and the desk are."""
    return town.config.addresses.portal_url


@pytest.fixture(scope="package")
def verifier(town: World) -> str:
    """Where the verifier is."""
    return town.config.addresses.public_url


@pytest.fixture(scope="package")
def salem(portal: str) -> Iterator[Staff]:
    """The officer, signed in by HTTP."""
    officer = Staff(portal, "salem")
    officer.sign_in()
    yield officer
    officer.visitor.close()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; without it every test says which package is missing."""
    # Not for longer: Playwright keeps an event loop in this thread, in which Django would refuse to ask the database.
    with chromium() as launched:
        yield launched


@pytest.fixture
def opened(browser: Browser, portal: str) -> Opened:
    """Opens a window: `with opened("en", 1280) as window`."""

    def open_window(language: str, width: int, *, scripts: bool = True) -> Window:
        return Window(browser=browser, language=language, width=width, scripts=scripts, sites=(portal,))

    return open_window
