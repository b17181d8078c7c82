"""Hours of the day are chosen on a page of the portal by keyboard: what is outside the limits is told beside them."""

import re

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from rukhsa.applications.models import Application
from tests.browser import axe
from tests.web.desk.test_talk_browser import signed_in
from tests.web.map.conftest import chrome, layla

__all__ = ["chrome", "layla"]
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def event(layla: Client) -> Application:
    """A permit for an event that she has just started."""
    layla.post("/services/temporary-event-permit/start")
    return Application.objects.get()


def choose(page: Page, start: str, end: str) -> None:
    """Type both times as a keyboard does, and go on."""
    for name, time in (("from", start), ("until", end)):
        page.locator(f"#q-hours-{name}").fill(time)
    page.get_by_role("button", name=re.compile("^(متابعة|Continue)")).press("Enter")


@pytest.mark.parametrize(
    ("language", "width", "told"), [("ar", 360, "بين 08:00 و23:00"), ("en", 1280, "08:00 and 23:00")]
)
def test_hours_are_chosen_within_their_limits(
    chrome: Browser,
    live_server: LiveServer,
    layla: Client,
    event: Application,
    language: str,
    width: int,
    told: str,
) -> None:
    page = signed_in(chrome, live_server, layla, language, width)
    page.goto(f"{live_server.url}/applications/{event.pk}/questions/place")
    choose(page, "07:00", "17:00")
    error = page.locator("#q-hours-error")
    expect(error).to_contain_text(told)
    expect(page.locator("#q-hours-from")).to_have_attribute("aria-invalid", "true")
    assert axe.faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    choose(page, "16:00", "23:00")
    expect(error).to_have_count(0)
    page.context.close()
    event.refresh_from_db()
    assert event.typed["hours"] == {"from": "16:00", "until": "23:00"}
    assert event.answers["hours"] == "16:00-23:00"
