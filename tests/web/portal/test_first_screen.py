"""What a narrow phone shows: what a search found before anything that waits, and a number in one line."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone, translation
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from rukhsa.review.finding import return_to_applicant
from rukhsa.web.templatetags.standing import TAGS
from tests import applicants
from tests.browser.chromium import chromium
from tests.browser.window import HEIGHTS, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LINES = "(each) => new Set([...each.getClientRects()].map((line) => line.top)).size"
# A page whose text is narrow enough that a number does not fit behind the words before it.
NARROW = """() => {
    for (const each of document.querySelectorAll("main .code")) each.parentElement.style.width = "10rem";
}"""
SIDE_BY_SIDE = "(row) => { row.style.display = 'grid'; row.style.gridTemplateColumns = '1fr auto'; }"
LARGER = "() => { document.documentElement.dataset.text = 'larger'; }"
WIDTH = "(tag, words) => { tag.textContent = words; return document.documentElement.scrollWidth; }"
BREAKING = """() => {
    for (const each of document.querySelectorAll("main .code")) each.style.whiteSpace = "normal";
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; Playwright runs an event loop in this thread, in which Django refuses database queries."""
    with pytest.MonkeyPatch.context() as environment, chromium() as launched:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield launched


def on_a_phone(browser: Browser, live_server: LiveServer, client: Client, language: str) -> Page:
    """A page of one's telephone, in a language."""
    context = browser.new_context(viewport={"width": PHONE, "height": HEIGHTS[PHONE]})
    cookies = {"rukhsa-session": client.cookies["rukhsa-session"].value, "rukhsa-language": language}
    context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
    )
    return context.new_page()


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
    page = on_a_phone(browser, live_server, client, language)
    page.goto(f"{live_server.url}/?q=address")
    first = page.locator("#services a[href^='/services/']").first
    box = first.bounding_box()
    assert box
    assert box["y"] + box["height"] <= HEIGHTS[PHONE], box
    page.context.close()


@pytest.mark.parametrize("kept", [True, False], ids=["as-it-is", "without-its-rule"])
def test_a_number_stands_in_one_line_on_a_phone(
    browser: Browser, live_server: LiveServer, open_town: None, *, kept: bool
) -> None:
    client = applicants.signed_in(applicants.layla())
    application = applicants.submitted(client)
    page = on_a_phone(browser, live_server, client, "ar")
    broken = []
    for address in ("/applications/", f"/applications/{application.pk}/", f"/help?about={application.pk}"):
        page.goto(live_server.url + address)
        page.evaluate(NARROW)
        if not kept:
            page.evaluate(BREAKING)
        numbers = page.locator("main .code", has_text=application.reference)
        assert numbers.count()
        broken += [each.inner_text() for each in numbers.all() if each.evaluate(LINES) > 1]
    page.context.close()
    assert (broken == []) == kept, broken


@pytest.mark.parametrize("wraps", [True, False], ids=["as-it-is", "side-by-side"])
@pytest.mark.parametrize("language", ["ar", "en"])
def test_what_an_application_waits_for_fits_a_phone(
    browser: Browser, live_server: LiveServer, open_town: None, language: str, *, wraps: bool
) -> None:
    """In the largest letters, so that it is the same in both fonts: ours may come too late for a first page."""
    client = applicants.signed_in(applicants.layla())
    applicants.submitted(client)
    page = on_a_phone(browser, live_server, client, language)
    page.goto(f"{live_server.url}/applications/")
    page.evaluate(LARGER)
    if not wraps:
        page.locator(".applications a").first.evaluate(SIDE_BY_SIDE)
    with translation.override(language):
        tags = {str(words) for words in TAGS.values()}
    wide = [
        words for words in tags if page.locator(".applications .ds-tag").first.evaluate(WIDTH, words) > PHONE
    ]
    assert (not wide) is wraps, wide
    page.context.close()
