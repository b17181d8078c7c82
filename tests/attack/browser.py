"""A browser that sends whatever it is told, from whatever address it says, and follows nothing."""

import ssl
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

# Nothing here speaks TLS: to read the certificates of the system for each browser takes longer than its requests.
_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TOKEN = "rukhsa-csrf"
_COUNTED = iter(range(1, 1 << 24))
_LOCK = threading.Lock()


def another_address() -> str:
    """An address that nothing was sent from so far (RFC 2544, 198.18.0.0/15)."""
    with _LOCK:
        number = next(_COUNTED)
    return f"198.{18 + (number >> 16) % 2}.{number >> 8 & 255}.{number & 255}"


class Browser:
    """One site as one client sees it: cookies are kept, and redirects are shown."""

    def __init__(self, site: str, cookies: Mapping[str, str] | None = None, address: str = "") -> None:
        self.site = site
        self.client = httpx.Client(
            base_url=site,
            timeout=60,
            trust_env=False,
            verify=_TLS,
            headers={
                "Accept": "text/html",
                "Accept-Language": "en",
                "X-Forwarded-For": address or another_address(),
            },
        )
        for name, value in (cookies or {}).items():
            # Where the site would set it itself, so that what it sets takes its place.
            self.client.cookies.set(name, value, domain=urlsplit(site).hostname or "")

    def get(self, path: str, **how: Any) -> httpx.Response:
        """What stands at a path."""
        return self.client.get(path, **how)

    def open(self, path: str) -> httpx.Response:
        """The page at a path, as who may read it comes to it: the purpose is given where it is asked for."""
        answer = self.get(path)
        asked = answer.headers.get("Location", "")
        if urlsplit(asked).path.endswith("/purpose"):
            self.post(urlsplit(asked).path, {"kind": "supervision", "words": "Tried by `make attack`."})
            answer = self.get(path)
        return answer

    def post(self, path: str, data: Mapping[str, Any] | None = None, **how: Any) -> httpx.Response:
        """A form sent as the page would send it, with the token against forgery."""
        token = self.token()
        headers = {"Referer": f"{self.site}{path}", "X-CSRFToken": token, **how.pop("headers", {})}
        return self.client.post(path, data=dict(data or {}), headers=headers, **how)

    def token(self) -> str:
        """The token against forgery, that of a page with a form; without one every refusal would be for want of it."""
        if not self.client.cookies.get(TOKEN):
            for path in ("/desk/sign-in", "/"):
                self.client.get(path)
        return str(self.client.cookies[TOKEN])
