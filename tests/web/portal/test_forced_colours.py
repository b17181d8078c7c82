"""Where the system chooses the colours, what tells something by colour alone keeps its shape."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests import applicants
from tests.browser.chromium import chromium

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KEPT = "forced-color-adjust: none;"
# The colours of the dots beside the timeline, and of the page under them.
DOTS = """() => [
    getComputedStyle(document.body).backgroundColor,
    ...[...document.querySelectorAll(".timeline li")].map((each) => getComputedStyle(each, "::before").backgroundColor)
]"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; Playwright runs an event loop in this thread, in which Django refuses database queries."""
    with pytest.MonkeyPatch.context() as environment, chromium() as launched:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield launched


@pytest.mark.parametrize("kept", [True, False], ids=["as-it-is", "without-its-rule"])
def test_the_dots_of_the_timeline_are_seen(
    browser: Browser, live_server: LiveServer, open_town: None, *, kept: bool
) -> None:
    client = applicants.signed_in(applicants.layla())
    application = applicants.submitted(client)
    context = browser.new_context(forced_colors="active")
    session = client.cookies["rukhsa-session"].value
    context.add_cookies([{"name": "rukhsa-session", "value": session, "url": live_server.url}])
    page = context.new_page()
    if not kept:
        forget_the_rule(page)
    page.goto(f"{live_server.url}/applications/{application.pk}/")
    ground, *dots = page.evaluate(DOTS)
    context.close()
    assert dots
    assert (ground not in dots) == kept, (ground, dots)


def forget_the_rule(page: Page) -> None:
    """Take what keeps the dots out of the styles, which a first visit carries in the page."""
    page.route(
        "**/applications/*/",
        lambda route: route.fulfill(response=(got := route.fetch()), body=got.text().replace(KEPT, "")),
    )
