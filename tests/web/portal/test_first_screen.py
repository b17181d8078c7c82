"""What a phone shows of the first page before it is scrolled: a search has its results there, whatever waits."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from rukhsa.review.finding import return_to_applicant
from tests import applicants
from tests.browser.chromium import chromium
from tests.browser.window import HEIGHTS, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; Playwright runs an event loop in this thread, in which Django refuses database queries."""
    with pytest.MonkeyPatch.context() as environment, chromium() as launched:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield launched


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_search_has_its_first_result_on_the_first_screen_of_a_phone(
    browser: Browser, live_server: LiveServer, open_town: None, language: str
) -> None:
    client = applicants.signed_in(applicants.layla())
    salem = applicants.acting(applicants.salem())
    for _ in range(2):
        application = applicants.submitted(client)
        return_to_applicant(application, [("home", "Wrong road.")], actor=salem, at=timezone.now())
    client.post("/services/refuse-bags/start")
    context = browser.new_context(viewport={"width": PHONE, "height": HEIGHTS[PHONE]})
    cookies = {"rukhsa-session": client.cookies["rukhsa-session"].value, "rukhsa-language": language}
    context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/?q=address")
    first = page.locator("#services a[href^='/services/']").first
    box = first.bounding_box()
    assert box
    assert box["y"] + box["height"] <= HEIGHTS[PHONE], box
    context.close()
