"""Notifications on a device, in Chromium: turned on and off on the page, and shown by its worker."""

import pytest
from playwright.sync_api import Page, expect

from rukhsa_rehearsal.deployment import Deployment
from tests import opinions
from tests.browser import axe, people
from tests.browser.conftest import Opened
from tests.browser.window import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("town")]

# Chromium's own push service is Google's, which no test may need: the browser is given the sandbox's.
SUBSCRIBE = """(endpoint) => {
  let held = null;
  const url = { "+": "-", "/": "_", "=": "" };
  const coded = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, (each) => url[each]);
  PushManager.prototype.getSubscription = async () => held;
  PushManager.prototype.subscribe = async () => {
    const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
    const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    const keys = { p256dh: coded(point), auth: coded(crypto.getRandomValues(new Uint8Array(16))) };
    held = { endpoint, toJSON: () => ({ endpoint, keys }), unsubscribe: async () => { held = null; return true; } };
    return held;
  };
}"""


def shown(page: Page) -> list[dict[str, str]]:
    told: list[dict[str, str]] = page.evaluate("""async () => {
      const registration = await navigator.serviceWorker.getRegistration("/own/devices/");
      return (await registration.getNotifications()).map(({ title, body, dir, tag }) => ({ title, body, dir, tag }));
    }""")
    return told


def deliver(page: Page, portal: str, message: str) -> None:
    """A push message reaches the worker, as its push service would bring it."""
    session = page.context.new_cdp_session(page)
    registrations: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(each["registrationId"] for each in told["registrations"]),
    )
    session.send("ServiceWorker.enable")
    for _ in range(100):
        if registrations:
            break
        page.wait_for_timeout(50)
    session.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": portal, "registrationId": registrations[-1], "data": message},
    )


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_device_is_turned_on_shows_a_notice_and_is_turned_off(
    opened: Opened, portal: str, town: Deployment, language: str
) -> None:
    opinions.program("chromium", package="chromium")  # the shell that npm has knows no notifications
    with opened(language, PHONE) as window:
        people.sign_in_by_ekey(window, portal)
        page = window.page
        window.context.grant_permissions(["notifications"], origin=portal)
        page.add_init_script(f"({SUBSCRIBE})('{town.config.addresses.sandbox_url}/push/layla')")
        window.open(f"{portal}/details")
        assert axe.faults(page) == []
        page.locator("[data-push-on]").click()
        expect(page.locator("[data-push-off]")).to_be_visible()
        expect(page.locator("[data-push-off]")).to_be_focused()
        message = '{"title": "أمانة العاصمة", "body": "رخصتك جاهزة", "url": "/", "tag": "a", "lang": "ar"}'
        deliver(page, portal, message)
        for _ in range(100):
            if shown(page):
                break
            page.wait_for_timeout(50)
        assert shown(page) == [{"title": "أمانة العاصمة", "body": "رخصتك جاهزة", "dir": "rtl", "tag": "a"}]
        page.locator("[data-push-off]").click()
        expect(page.locator("[data-push-on]")).to_be_visible()


@pytest.mark.parametrize(
    ("is_of_apple", "told"),
    [(True, "add this page to the home screen"), (False, "We tell you by SMS and email")],
)
def test_a_browser_without_notices_says_what_its_person_can_do(
    opened: Opened, portal: str, is_of_apple: bool, told: str
) -> None:
    with opened("en", PHONE) as window:
        people.sign_in_by_ekey(window, portal)
        page = window.page
        page.add_init_script("delete window.PushManager;")
        if is_of_apple:
            page.add_init_script("Object.defineProperty(navigator, 'standalone', { value: false });")
        window.open(f"{portal}/details")
        expect(page.locator("[data-push-state]")).to_contain_text(told)
        expect(page.locator("[data-push-on]")).to_be_hidden()
