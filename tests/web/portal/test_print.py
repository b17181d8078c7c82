"""The page of an application in print: all answers stand on it, folded or not, and no button."""

import io
from collections.abc import Iterator

import pypdfium2
import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests import applicants
from tests.browser.chromium import chromium

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; Playwright runs an event loop in this thread, in which Django refuses database queries."""
    with pytest.MonkeyPatch.context() as environment, chromium() as launched:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield launched


def test_a_printed_page_has_every_answer(browser: Browser, live_server: LiveServer, open_town: None) -> None:
    client = applicants.signed_in(applicants.layla())
    application = applicants.submitted(client)
    context = browser.new_context()
    cookies = {"rukhsa-session": client.cookies["rukhsa-session"].value, "rukhsa-language": "en"}
    context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/applications/{application.pk}/")
    assert not page.locator(".answers-sent dd").first.is_visible()
    document = pypdfium2.PdfDocument(io.BytesIO(page.pdf()))
    told = " ".join(" ".join(each.get_textpage().get_text_bounded() for each in document).split())
    for answer in ("Road 1705", "Owner", "card.png"):
        assert answer in told, answer
    context.close()
