"""A running town, a browser, and the officer who answers from the other side."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker

from rukhsa.project.config import config as configuration
from rukhsa.project.observation import PROCESSES
from rukhsa.project.ports import PortsBusy, free_port, require_free
from rukhsa_rehearsal.deployment import Deployment, deployed
from rukhsa_rehearsal.story.staff_member import Staff
from tests.browser.chromium import chromium
from tests.browser.window import Window
from tests.database import copied

Opened = Callable[..., Window]


@pytest.fixture(scope="package")
def town(django_db_blocker: DjangoDbBlocker) -> Iterator[Deployment]:
    """All processes on their own ports, with the services published and no applications."""
    # A world for each process of the tests: one that gets a browser test finds its own.
    name = f"browser-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    with pytest.MonkeyPatch.context() as environment, django_db_blocker.unblock():
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser may be installed already
        database = copied(name)
    told = {"DATABASE_URL": database, "RUKHSA_METRICS": f"127.0.0.1:{first_of_free_ports(len(PROCESSES))}"}
    with deployed(configuration().data / name, settings=told) as running:
        yield running


def first_of_free_ports(count: int) -> int:
    """So many ports in a row, on which nothing listens."""
    while True:
        first = free_port()
        try:
            require_free({str(number): first + number for number in range(count)}, bind="127.0.0.1")
        except PortsBusy:
            continue
        return first


@pytest.fixture(scope="package")
def portal(town: Deployment) -> str:
    """The address of the portal and the desk."""
    return town.config.addresses.portal_url


@pytest.fixture(scope="package")
def verifier(town: Deployment) -> str:
    """The address of the verifier."""
    return town.config.addresses.public_url


@pytest.fixture(scope="package")
def salem(portal: str) -> Iterator[Staff]:
    """The officer, signed in by HTTP."""
    officer = Staff(portal, "salem")
    officer.sign_in()
    yield officer
    officer.visitor.close()


@pytest.fixture(scope="package")
def mariam(portal: str) -> Iterator[Staff]:
    """The supervisor, who decides what Salem checked, signed in by HTTP."""
    supervisor = Staff(portal, "mariam")
    supervisor.sign_in()
    yield supervisor
    supervisor.visitor.close()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; without it every test names the missing package."""
    # For this folder only: Playwright runs an event loop in this thread, in which Django refuses database queries.
    with chromium() as launched:
        yield launched


@pytest.fixture
def opened(browser: Browser, portal: str) -> Opened:
    """Open a window: `with opened("en", 1280) as window`."""

    def open_window(language: str, width: int, *, scripts: bool = True, csp: bool = True) -> Window:
        return Window(
            browser=browser, language=language, width=width, scripts=scripts, csp=csp, sites=(portal,)
        )

    return open_window
