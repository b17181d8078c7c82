"""What a narrow phone shows: what a search found before anything that waits, and a number in one line."""

from collections.abc import Iterator

import pytest
from django.utils import timezone, translation
from playwright.sync_api import Browser
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
FITS = "(tag, words) => { tag.textContent = words; return document.documentElement.scrollWidth; }"
BREAKING = """() => {
    for (const each of document.querySelectorAll("main .code")) each.style.whiteSpace = "normal";
}"""


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


@pytest.mark.parametrize("kept", [True, False], ids=["as-it-is", "without-its-rule"])
def test_a_number_stands_in_one_line_on_a_phone(
    browser: Browser, live_server: LiveServer, open_town: None, *, kept: bool
) -> None:
    client = applicants.signed_in(applicants.layla())
    application = applicants.submitted(client)
    context = browser.new_context(viewport={"width": PHONE, "height": HEIGHTS[PHONE]})
    session = client.cookies["rukhsa-session"].value
    context.add_cookies([{"name": "rukhsa-session", "value": session, "url": live_server.url}])
    page = context.new_page()
    broken = []
    for address in ("/applications/", f"/applications/{application.pk}/", f"/help?about={application.pk}"):
        page.goto(live_server.url + address)
        page.evaluate(NARROW)
        if not kept:
            page.evaluate(BREAKING)
        numbers = page.locator("main .code", has_text=application.reference)
        assert numbers.count()
        broken += [each.inner_text() for each in numbers.all() if each.evaluate(LINES) > 1]
    context.close()
    assert (broken == []) == kept, broken


@pytest.mark.parametrize("wraps", [True, False], ids=["as-it-is", "side-by-side"])
@pytest.mark.parametrize("language", ["ar", "en"])
def test_what_an_application_waits_for_fits_a_phone(
    browser: Browser, live_server: LiveServer, open_town: None, language: str, *, wraps: bool
) -> None:
    """Beside a name whose longest word is long; side by side, as a grid lays them out, the longest does not fit."""
    client = applicants.signed_in(applicants.layla())
    applicants.submitted(client)
    context = browser.new_context(viewport={"width": PHONE, "height": HEIGHTS[PHONE]})
    cookies = {"rukhsa-session": client.cookies["rukhsa-session"].value, "rukhsa-language": language}
    context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/applications/")
    if not wraps:
        page.locator(".applications a").first.evaluate(SIDE_BY_SIDE)
    with translation.override(language):
        tags = {str(words) for words in TAGS.values()}
    wide = [
        words for words in tags if page.locator(".applications .ds-tag").first.evaluate(FITS, words) > PHONE
    ]
    assert (not wide) is (wraps or language == "ar")
    context.close()
