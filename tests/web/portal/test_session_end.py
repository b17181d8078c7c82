"""The end of an applicant's session is announced two minutes before, and one stays by a key."""

from collections.abc import Iterator

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from rukhsa.staff.session import KEPT
from tests import applicants
from tests.browser import axe
from tests.browser.chromium import chromium


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    """Chromium; Playwright runs an event loop in this thread, in which Django refuses database queries."""
    with pytest.MonkeyPatch.context() as environment, chromium() as launched:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield launched


def leave(client: Client, *, seconds: int) -> None:
    """Let a session be unused until so many seconds are left of the time that it may be."""
    session = SessionStore(client.cookies["rukhsa-session"].value)
    kept = session[KEPT]
    session[KEPT] = kept | {"seen": timezone.now().timestamp() - kept["idle"] + seconds}
    session.save()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("language", "stay"), [("ar", "البقاء"), ("en", "Stay signed in")])
def test_an_applicant_stays_by_a_key(
    window: Browser, live_server: LiveServer, language: str, stay: str
) -> None:
    applicants.open_town()
    client = applicants.signed_in(applicants.layla())
    context = window.new_context(viewport={"width": 360, "height": 800}, reduced_motion="reduce")
    cookies = {"rukhsa-session": client.cookies["rukhsa-session"].value, "rukhsa-language": language}
    context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
    )
    page = context.new_page()
    page.clock.install()
    page.goto(f"{live_server.url}/applications/")
    dialog = page.locator("#session-end")
    expect(dialog).to_be_hidden()
    leave(client, seconds=119)
    page.clock.fast_forward((3600 - 119) * 1000)  # the page's clock; what it shows the server says
    expect(dialog).to_be_visible()
    assert axe.faults(page) == []
    expect(dialog.get_by_role("button", name=stay)).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    assert client.get("/session").json()["seconds"] > 3000
    context.close()
