"""Telephones at the verifier's page: one that visited before, and any number of new ones."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.web.public.conftest import (
    PublicSite,
    address,
    living,
    of_the_verifier,
    public_site,
    publish,
    server,
    verifier_process,
)

__all__ = ["address", "public_site", "server", "verifier_process"]

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
KEPT = "caches.keys().then(names => names.filter(name => name.startsWith('rukhsa-page-')))"
# An opaque origin, such as an empty page's, stores nothing.
FORGET_WHO_ASKED = "origin === 'null' || localStorage.removeItem('rukhsa-audience')"

type Opened = Callable[..., Page]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A verifier whose public files do not change."""

    address: str
    site: PublicSite

    def of(self, word: str, language: str = "en/") -> str:
        """The address that gives the verdict with this word."""
        return f"{self.address}{language}#{self.site.fragment(word)}"


@dataclass(frozen=True, kw_only=True)
class Telephone:
    """A telephone that visited before: it caches the page, so that a visit takes a quarter of the time."""

    context: BrowserContext
    asked: tuple[Request, ...]  # at the first visit
    broken: list[str] = field(default_factory=list)

    def assert_whole(self) -> None:
        """Raise for the scripts that broke since the last time."""
        broken, self.broken[:] = list(self.broken), []
        assert broken == [], broken


@pytest.fixture(scope="package")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """The verifier of all tests that only read from it."""
    folder = tmp_path_factory.mktemp("standing") / "public"
    site = publish(folder, now=datetime.now(UTC).replace(microsecond=0))
    with override_settings(**of_the_verifier(folder)), living() as address:
        yield Standing(address=address, site=site)


@pytest.fixture(scope="package")
def telephone(browser: Browser, standing: Standing) -> Iterator[Telephone]:
    """A telephone after its first visit, for a verdict, with everything cached that the page caches by itself."""
    asked, broken = list[Request](), list[str]()
    context = browser.new_context(viewport=PHONE, permissions=["camera"])  # type: ignore[arg-type]
    context.on("weberror", lambda error: broken.append(str(error.error)))
    context.on("request", lambda request: asked.append(request))
    page = context.new_page()
    page.goto(standing.of("valid"))
    page.locator("#verdict article").wait_for()
    settled(page)  # and left open: what it asked can be looked at only as long as it is there
    yield Telephone(context=context, asked=tuple(asked), broken=broken)
    context.close()


@pytest.fixture
def page(telephone: Telephone) -> Iterator[Page]:
    """Another page on the telephone that visited before."""
    page = telephone.context.new_page()
    yield page
    page.evaluate(FORGET_WHO_ASKED)
    page.close()
    telephone.assert_whole()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """Open a page on a new telephone: `opened(viewport=DESK)`."""
    with telephones(browser) as open_page:
        yield open_page


@contextmanager
def telephones(browser: Browser) -> Iterator[Opened]:
    """Any number of new telephones for the duration of a block; raises at its end if a script broke."""
    contexts, broken = list[BrowserContext](), list[str]()

    def open_page(**options: object) -> Page:
        context = browser.new_context(**{"viewport": PHONE, **options})  # type: ignore[arg-type]
        # Failing here would end Playwright, not the test.
        context.on("weberror", lambda error: broken.append(str(error.error)))
        contexts.append(context)
        return context.new_page()

    try:
        yield open_page
    finally:
        for context in contexts:
            context.close()
    assert broken == [], broken


def settled(page: Page) -> Page:
    """The page, once everything is cached that it caches by itself."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    expect(page.locator("#device-state")).to_contain_text("Status lists as of")
    page.wait_for_function(f"async () => (await {KEPT}).length === 1")
    return page


def verdict_of(page: Page, url: str) -> tuple[str | None, str | None, str]:
    """Open an address as if for the first time; return the verdict's word, its tone, and what is read out."""
    page.goto("about:blank")
    page.goto(url)
    article = page.locator("#verdict article")
    article.wait_for()
    return (
        article.get_attribute("data-word"),
        article.get_attribute("data-tone"),
        page.locator(".word").inner_text(),
    )
