"""A member of the staff signs in by a passkey, kept by an authenticator that Chromium plays."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, CDPSession, expect

from rukhsa.authorities.staff import CAST
from tests.browser import people
from tests.browser.window import DESK, Window

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("town")]

REFUSED = "NotAllowedError"  # what a browser says when the finger is a stranger's
# One that is built in, and asks for the finger each time.
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
        """The passkeys that it keeps."""
        kept: list[dict[str, object]] = self._session.send("WebAuthn.getCredentials", self._which)[
            "credentials"
        ]
        return kept

    def refuse(self) -> None:
        """From now on the finger is a stranger's."""
        self._session.send("WebAuthn.setUserVerified", {**self._which, "isUserVerified": False})

    def accept(self) -> None:
        """The finger is known again."""
        self._session.send("WebAuthn.setUserVerified", {**self._which, "isUserVerified": True})


def test_a_passkey_is_added_opens_the_desk_and_is_removed(browser: Browser, portal: str) -> None:
    # A passkey belongs to a name, and 127.0.0.1 is none.
    portal = portal.replace("127.0.0.1", "localhost")
    with Window(browser=browser, language="en", width=DESK, sites=(portal,)) as window:
        finger = Authenticator(window)
        people.sign_in_at_the_desk(window, portal, "yusuf")
        window.open(f"{portal}/desk/proofs/passkeys/add")
        window.fill({"password": password("yusuf")})
        window.press("main form button")
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

        expect(window.open(f"{portal}/desk/proofs/passkeys").locator("main")).to_contain_text("Telephone")
        window.press("main a[href$='/remove']")
        # Whoever came in by the passkey alone says the password before it is taken away.
        window.fill({"password": password("yusuf")})
        window.press("main form button")
        window.press("main form button")
        expect(window.open(f"{portal}/desk/proofs/passkeys").locator("main")).not_to_contain_text("Telephone")


def password(name: str) -> str:
    """The password of one of the cast."""
    return next(member.password for member in CAST if member.email.startswith(f"{name}@"))


def sign_out_and_in_to_the_second_proof(window: Window, portal: str) -> None:
    """Out, and in by the password alone."""
    window.page.locator(".head-account > summary").click()
    window.press("form[action='/sign-out'] button")
    window.open(f"{portal}/desk/sign-in")
    window.fill({"login": "yusuf@mun.example", "password": password("yusuf")})
    window.press("main form button")
