"""A member of the staff signs in by a passkey, kept by an authenticator that Chromium emulates."""

import re
import secrets
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, CDPSession, expect

from rukhsa_rehearsal.cast import CAST
from rukhsa_rehearsal.deployment import Deployment
from tests.browser import people
from tests.browser.window import DESK, PHONE, Window
from tests.waiting import LONGEST, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("town")]

REFUSED = "NotAllowedError"  # what a browser reports when the fingerprint is not recognised
# Built into the device, asking for the fingerprint each time.
BUILT_IN = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Authenticator:
    """The authenticator of a window (WebAuthn domain of the Chrome DevTools Protocol)."""

    def __init__(self, window: Window) -> None:
        self._session: CDPSession = window.context.new_cdp_session(window.page)
        self._session.send("WebAuthn.enable")
        added = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": BUILT_IN})
        self._which = {"authenticatorId": added["authenticatorId"]}

    @property
    def credentials(self) -> list[dict[str, object]]:
        """The passkeys that it stores."""
        kept: list[dict[str, object]] = self._session.send("WebAuthn.getCredentials", self._which)[
            "credentials"
        ]
        return kept

    def refuse(self) -> None:
        """From now on the fingerprint is not recognised."""
        self._session.send("WebAuthn.setUserVerified", {**self._which, "isUserVerified": False})

    def accept(self) -> None:
        """The fingerprint is recognised again."""
        self._session.send("WebAuthn.setUserVerified", {**self._which, "isUserVerified": True})


def test_a_passkey_is_added_opens_the_desk_and_is_removed(browser: Browser, portal: str) -> None:
    # A passkey belongs to a host name, and 127.0.0.1 is not one.
    portal = portal.replace("127.0.0.1", "localhost")
    with Window(browser=browser, language="en", width=DESK, sites=(portal,)) as window:
        finger = Authenticator(window)
        people.sign_in_at_the_desk(window, portal, "yusuf")
        # A person who has just given a code is not asked again.
        window.open(f"{portal}/desk/proofs/passkeys/add")
        window.fill({"name": "Telephone"})
        window.press("#mfa_webauthn_add")
        assert len(finger.credentials) == 1

        sign_out_and_in_to_the_second_proof(window, portal)
        window.press("#mfa_webauthn_authenticate")
        assert urlsplit(window.page.url).path == "/desk/inspections/"

        finger.refuse()
        sign_out_and_in_to_the_second_proof(window, portal)
        with window.page.expect_console_message(lambda told: REFUSED in told.text):
            window.page.locator("#mfa_webauthn_authenticate").click()
        assert urlsplit(window.page.url).path == "/desk/sign-in/proof"
        window.faults[:] = [fault for fault in window.faults if REFUSED not in fault]
        finger.accept()
        window.press("#mfa_webauthn_authenticate")

        # The passkey alone, without a password, and first on the page.
        sign_out(window)
        window.open(f"{portal}/desk/sign-in")
        window.press("#passkey_login")
        assert urlsplit(window.page.url).path == "/desk/inspections/"

        expect(window.open(f"{portal}/desk/proofs/passkeys").locator("main")).to_contain_text("Telephone")
        window.press("main a[href$='/remove']")
        window.press("main form button")
        expect(window.open(f"{portal}/desk/proofs/passkeys").locator("main")).not_to_contain_text("Telephone")


def test_an_invited_one_comes_in_by_the_link_a_password_and_a_passkey(
    browser: Browser, portal: str, town: Deployment
) -> None:
    portal = portal.replace("127.0.0.1", "localhost")
    email = f"sara{secrets.token_hex(4)}@mun.example"
    with Window(browser=browser, language="en", width=DESK, sites=(portal,)) as window:
        people.sign_in_at_the_desk(window, portal, "ahmed")
        window.open(f"{portal}/desk/staff/invite")
        window.fill({"email": email, "name_ar": "سارة", "name_en": "Sara"})
        window.page.select_option("[name=role]", "inspector")
        window.press("main form button")
        expect(window.page.locator("main")).to_contain_text("Invited. The link opens until")

    with Window(browser=browser, language="en", width=PHONE, sites=(portal,)) as window:
        finger = Authenticator(window)
        window.open(link_for(email, town.config.addresses.sandbox_url).replace("127.0.0.1", "localhost"))
        window.fill({"password": "four words nobody knows"})
        window.press("main form button")
        assert urlsplit(window.page.url).path == "/desk/proofs/passkeys/add"
        window.open(f"{portal}/desk/inspections/")
        assert urlsplit(window.page.url).path == "/desk/proofs/"
        window.press("main a[href$='/passkeys/add']")
        window.press("#mfa_webauthn_add")
        assert len(finger.credentials) == 1
        window.open(f"{portal}/desk/inspections/")
        assert urlsplit(window.page.url).path == "/desk/inspections/"


def link_for(email: str, sandbox: str) -> str:
    """The link in the mail to an address, from the sandbox's mailbox."""
    found: list[str] = []

    def arrived() -> bool:
        box = httpx.get(f"{sandbox}/mailbox.json", params={"to": email}, timeout=LONGEST).text
        found.extend(re.findall(r"http[^\s\"\\]+/desk/welcome/[^\s\"\\]+", box))
        return bool(found)

    wait_until(arrived)
    return found[0]


def password(name: str) -> str:
    """The password of one of the cast."""
    return next(member.password for member in CAST if member.email.startswith(f"{name}@"))


def sign_out_and_in_to_the_second_proof(window: Window, portal: str) -> None:
    """Sign out, and in again by the password alone."""
    sign_out(window)
    window.open(f"{portal}/desk/sign-in")
    window.fill({"login": "yusuf@mun.example", "password": password("yusuf")})
    window.press("main form button")


def sign_out(window: Window) -> None:
    """By the menu of the account."""
    window.page.locator(".head-account > summary").click()
    window.press("form[action='/sign-out'] button")
