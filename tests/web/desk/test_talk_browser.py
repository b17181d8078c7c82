"""The pages of messages, status, visits, sharing and help in Chromium: axe, width, and a menu that closes."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from rukhsa.applications.models import Application
from rukhsa.correspondence.conversation import write_as_authority
from rukhsa.issuance.models import Instrument
from rukhsa.review.appointment import offer
from rukhsa.verification.share import share_document
from tests.browser import axe
from tests.browser.chromium import chromium
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import SignIn, person, written

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; Playwright runs an event loop in this thread, in which Django refuses database queries."""
    with pytest.MonkeyPatch.context() as environment, chromium() as launched:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield launched


def signed_in(browser: Browser, server: LiveServer, client: Client, language: str, width: int) -> Page:
    """A window of a person who signed in."""
    context = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce")
    cookies = {"rukhsa-session": client.cookies["rukhsa-session"].value, "rukhsa-language": language}
    context.add_cookies(
        [{"name": name, "value": value, "url": server.url} for name, value in cookies.items()]
    )
    return context.new_page()


def talked_about(application: Application, instrument: Instrument) -> list[str]:
    """Messages of both sides, times for a visit, a link; and the applicant's pages that show them."""
    written(application)
    salem, yusuf = (works.act_as(person(name, works.authority())) for name in ("salem", "yusuf"))
    write_as_authority(application, "عند زاوية الطريق، من فضلكم.", actor=salem, at=SUNDAY)
    soon = timezone.now() + timedelta(days=3)
    offer(application.inspections.get(), [soon, soon + timedelta(days=1)], actor=yusuf, at=timezone.now())
    layla = works.act_as(application.applicant)
    at = timezone.now()
    link = share_document(instrument, application, agency=None, once=True, actor=layla, at=at)
    pk = application.pk
    own = [reverse(f"portal:{name}", args=[pk]) for name in ("messages", "visits", "shares", "application")]
    return [*own, f"{own[2]}?new={link.pk}", "/own/looks", "/details", "/help", f"/help?about={pk}", "/privacy",
            "/accessibility", "/feedback?page=/", "/status"]  # fmt: skip


def test_every_page_is_without_serious_faults_and_fits_a_telephone(
    browser: Browser, live_server: LiveServer, visited: Application, instrument: Instrument, sign_in: SignIn
) -> None:
    addresses = talked_about(visited, instrument)
    client = sign_in(visited.applicant)
    for language, width in (("ar", 360), ("en", 1280)):
        page = signed_in(browser, live_server, client, language, width)
        for address in addresses:
            page.goto(live_server.url + address)
            found = axe.faults(page)
            assert found == [], f"{address} {language}: {found}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{address} {language}"
        page.context.close()


def test_the_menu_closes_by_escape_and_by_a_press_outside(
    browser: Browser, live_server: LiveServer, visited: Application, sign_in: SignIn
) -> None:
    page = signed_in(browser, live_server, sign_in(visited.applicant), "en", 1280)
    page.goto(f"{live_server.url}/applications/")
    summary, menu = page.locator("[data-menu] > summary"), page.locator("[data-menu][open]")
    summary.click()
    expect(page.get_by_role("navigation", name="Your pages")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(summary).to_be_focused()
    summary.click()
    page.locator("h1").click()
    expect(menu).to_have_count(0)
    page.context.close()
