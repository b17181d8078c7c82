"""What an applicant typed outlives the session: a message, a reply, a reason, a rating, in Chromium and by a rule."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from rukhsa.web.dictionary import SOURCE
from tests import applicants
from tests.browser.chromium import chromium

TEMPLATES = SOURCE / "web" / "templates"
# The pages of questions save as one types (typing.js), and what is wrong with a page is told without a sign-in.
OTHERWISE = {"portal/section.html", "portal/report_page.html"}
TYPED = "The plan of March is the right one."


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    """Chromium; Playwright runs an event loop in this thread, in which Django refuses database queries."""
    with pytest.MonkeyPatch.context() as environment, chromium() as launched:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield launched


@pytest.fixture
def page(transactional_db: None, window: Browser) -> Iterator[Page]:
    applicants.open_town()
    context = window.new_context(viewport={"width": 360, "height": 800}, reduced_motion="reduce")
    opened = context.new_page()
    opened.set_default_timeout(8_000)
    yield opened
    context.close()


def be(page: Page, server: LiveServer, client: Client) -> None:
    """Continue as the person who signed in with this client."""
    cookies = {"rukhsa-session": client.cookies["rukhsa-session"].value, "rukhsa-language": "en"}
    page.context.add_cookies(
        [{"name": name, "value": value, "url": server.url} for name, value in cookies.items()]
    )


@pytest.mark.browser
def test_a_message_comes_back_after_the_session_ended_and_is_forgotten_once_sent(
    page: Page, live_server: LiveServer
) -> None:
    layla = applicants.layla()
    client = applicants.signed_in(layla)
    be(page, live_server, client)
    address = f"{live_server.url}/applications/{applicants.submitted(client).pk}/messages"
    text = page.locator("#message-text")
    page.goto(address)
    text.fill(TYPED)
    SessionStore(client.cookies["rukhsa-session"].value).flush()
    page.get_by_role("button", name="Send the message").click()
    page.wait_for_url("**/sign-in**")
    be(page, live_server, applicants.signed_in(layla))
    page.goto(address)
    expect(text).to_have_value(TYPED)
    expect(page.locator("[data-kept-said]")).to_be_visible()
    page.get_by_role("button", name="Send the message").click()
    expect(page.get_by_text(TYPED)).to_be_visible()
    page.goto(address)
    expect(text).to_have_value("")


@pytest.mark.browser
def test_another_person_in_the_same_browser_finds_nothing(page: Page, live_server: LiveServer) -> None:
    client = applicants.signed_in(applicants.layla())
    be(page, live_server, client)
    page.goto(f"{live_server.url}/applications/{applicants.submitted(client).pk}/messages")
    page.locator("#message-text").fill(TYPED)
    assert TYPED in page.evaluate("JSON.stringify(localStorage)")
    be(page, live_server, applicants.signed_in(applicants.neighbour()))
    page.goto(f"{live_server.url}/consents/")
    assert TYPED not in page.evaluate("JSON.stringify(localStorage)")


def test_every_page_of_the_portal_with_a_form_for_text_keeps_it() -> None:
    pages = {name for name in portal() if "{% extends" in (TEMPLATES / name).read_text()}
    typed = {name for name in pages if "<textarea" in whole(name)} - OTHERWISE
    assert {"portal/messages.html", "portal/review.html", "portal/sign.html"} <= typed
    assert {name for name in typed if whole(name).count("web/kept.js") != 1} == set()


def test_a_page_that_keeps_nothing_is_found() -> None:
    assert "<textarea" in whole("portal/report_page.html")
    assert "web/kept.js" not in whole("portal/report_page.html")


def portal() -> list[str]:
    """The names of the portal's templates."""
    return [str(each.relative_to(TEMPLATES)) for each in sorted((TEMPLATES / "portal").rglob("*.html"))]


def whole(name: str) -> str:
    """A template with what it includes by name."""
    text = (TEMPLATES / name).read_text()
    return text + "".join(whole(each) for each in re.findall(r'{% include "([^"]+)"', text))
