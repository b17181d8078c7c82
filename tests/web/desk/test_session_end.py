"""The end of a session is announced, and one may stay: idle and absolute limits, the keyboard, and without scripts."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from rukhsa.staff.session import KEPT, Left, left_of
from tests.browser import axe
from tests.browser.chromium import chromium
from tests.rooms.review import works
from tests.web.desk.conftest import SignIn, person

IDLE, ABSOLUTE = 1800.0, 43200.0


def kept(*, seen: float = 0, began: float = 0) -> dict[str, float]:
    """Times of a session that was used and begun so many seconds ago."""
    now = timezone.now().timestamp()
    return {"seen": now - seen, "began": now - began, "idle": IDLE, "absolute": ABSOLUTE}


def aged(client: Client, **ago: float) -> None:
    session = SessionStore(client.cookies["rukhsa-session"].value)
    session[KEPT] = kept(**ago)
    session.save()


def test_what_is_left_is_the_shorter_of_both_limits() -> None:
    at = timezone.now()
    assert left_of(None, at=at) is None
    for ago, expected in (
        ({"seen": 1700.0, "began": 1700.0}, Left(seconds=100, may_stay=True)),
        ({"seen": 60.0, "began": 43100.0}, Left(seconds=100, may_stay=False)),
        ({"seen": 9000.0, "began": 9000.0}, Left(seconds=0, may_stay=True)),
    ):
        found = left_of(kept(**ago), at=at)
        assert found is not None
        assert abs(found.seconds - expected.seconds) <= 1
        assert found.may_stay == expected.may_stay


@pytest.mark.django_db
def test_a_look_is_no_use_and_staying_is(sign_in: SignIn) -> None:
    client = sign_in(person("salem", works.authority()))
    aged(client, seen=1700, began=1700)
    assert client.get("/session").json()["seconds"] <= 101
    assert client.get("/session").json()["seconds"] <= 101
    assert client.post("/session").json()["seconds"] >= 1799
    assert client.post("/session", {"next": "/desk/"})["Location"] == "/desk/"


@pytest.mark.django_db
def test_at_the_longest_time_staying_changes_nothing(sign_in: SignIn) -> None:
    client = sign_in(person("salem", works.authority()))
    aged(client, began=ABSOLUTE - 100)
    told = client.post("/session").json()
    assert told["seconds"] <= 101
    assert not told["may_stay"]


@pytest.mark.django_db
def test_a_session_that_is_over_is_said_to_be(sign_in: SignIn) -> None:
    client = sign_in(person("salem", works.authority()))
    aged(client, seen=IDLE + 1, began=IDLE + 1)
    assert client.get("/session").json() == {"seconds": 0, "may_stay": False}


@pytest.mark.django_db
def test_without_scripts_a_page_says_until_when(sign_in: SignIn) -> None:
    client = sign_in(person("salem", works.authority()))
    aged(client)
    page = client.get("/desk/keys").content.decode()
    until = timezone.localtime(timezone.now() + timedelta(seconds=IDLE))
    assert f"{until:%H:}" in page.partition("<noscript>")[2].partition("</noscript>")[0]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; Playwright runs an event loop in this thread, in which Django refuses database queries."""
    with pytest.MonkeyPatch.context() as environment, chromium() as launched:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield launched


def opened(browser: Browser, server: LiveServer, client: Client) -> Page:
    context = browser.new_context(viewport={"width": 360, "height": 800}, reduced_motion="reduce")
    cookies = {"rukhsa-session": client.cookies["rukhsa-session"].value, "rukhsa-language": "en"}
    context.add_cookies(
        [{"name": name, "value": value, "url": server.url} for name, value in cookies.items()]
    )
    page = context.new_page()
    page.clock.install()
    page.goto(f"{server.url}/desk/keys")
    return page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_two_minutes_before_the_end_one_may_stay_by_a_key(
    browser: Browser, live_server: LiveServer, sign_in: SignIn
) -> None:
    client = sign_in(person("salem", works.authority()))
    page = opened(browser, live_server, client)
    dialog = page.locator("#session-end")
    expect(dialog).to_be_hidden()
    aged(client, seen=IDLE - 119, began=IDLE - 119)
    page.reload()  # notes that it is in use
    expect(dialog).to_be_hidden()
    aged(client, seen=IDLE - 119, began=IDLE - 119)
    page.clock.fast_forward(int(IDLE - 119) * 1000)  # the page's clock; what it shows the server says
    expect(dialog).to_be_visible()
    expect(dialog.locator("[data-said]")).to_contain_text("Minutes left: 2")
    assert axe.faults(page) == []
    expect(page.get_by_role("button", name="Stay signed in")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    assert client.get("/session").json()["seconds"] > 1700
    page.context.close()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_at_its_longest_time_and_at_its_end_it_says_what_to_do(
    browser: Browser, live_server: LiveServer, sign_in: SignIn
) -> None:
    client = sign_in(person("salem", works.authority()))
    aged(client, began=ABSOLUTE - 100)
    page = opened(browser, live_server, client)
    dialog = page.locator("#session-end")
    expect(dialog).to_contain_text("the longest time we allow")
    expect(page.get_by_role("button", name="Stay signed in")).to_be_hidden()
    aged(client, seen=IDLE + 1, began=IDLE + 1)
    page.clock.fast_forward(100_000)
    expect(dialog).to_contain_text("You are signed out.")
    expect(dialog.get_by_role("link", name="Sign in")).to_be_visible()
    page.context.close()
