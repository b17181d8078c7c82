"""A link to pay is copied by a press and sent by WhatsApp, without a word of whose it is."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from rukhsa.payments.models import PaymentLink
from tests import applicants
from tests.browser import axe
from tests.browser.chromium import chromium
from tests.web.portal.test_first_page import charge_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; Playwright runs an event loop in this thread, in which Django refuses database queries."""
    with pytest.MonkeyPatch.context() as environment, chromium() as launched:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield launched


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_a_link_to_pay_is_copied_and_sent(
    browser: Browser, live_server: LiveServer, open_town: None, language: str, width: int
) -> None:
    client = applicants.signed_in(applicants.layla())
    application = applicants.submitted(client)
    charge_for(application)
    address = f"/applications/{application.pk}/pay/link"
    client.post(address)
    context = browser.new_context(viewport={"width": width, "height": 740})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    cookies = {"rukhsa-session": client.cookies["rukhsa-session"].value, "rukhsa-language": language}
    context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
    )
    page = context.new_page()
    page.goto(live_server.url + address)
    shown = page.locator(".link-box").inner_text().strip()
    assert str(PaymentLink.objects.get().pk) in shown
    page.locator("[data-copy]").click()
    expect(page.locator("#copied")).not_to_be_empty()
    assert page.evaluate("navigator.clipboard.readText()") == shown
    (sent,) = parse_qs(urlsplit(page.locator("a[href^='https://wa.me/']").get_attribute("href")).query)[
        "text"
    ]
    name = application.definition.name
    assert sent == f"{name.in_language(language)} {shown}"
    assert axe.faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
