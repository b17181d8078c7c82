"""Headers of every response of the verifier: nothing is shared; only camera and position may be asked for."""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.csp import CSP, build_policy

from rukhsa.web.public import assets

_NOT_ASKED_FOR: Final = (
    *("accelerometer", "autoplay", "browsing-topics", "clipboard-read", "display-capture", "gamepad"),
    *("gyroscope", "hid", "identity-credentials-get", "idle-detection", "local-fonts"),
    *("magnetometer", "microphone", "midi", "otp-credentials", "payment", "publickey-credentials-get"),
    *("screen-wake-lock", "serial", "storage-access", "usb", "window-management", "xr-spatial-tracking"),
)
ALWAYS: Final = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
# What only a page or a worker heeds is not sent with each style and font: a first visit is many small files.
OF_A_PAGE: Final = {
    "Permissions-Policy": ", ".join(
        ["camera=(self)", "geolocation=(self)", *(f"{name}=()" for name in _NOT_ASKED_FOR)]
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
}
OF_PAGE_AND_WORKER: Final = {"Cross-Origin-Embedder-Policy": "require-corp"}
_HEEDED: Final = ("text/html", "text/javascript")
NOTHING: Final = "default-src 'none'"


def keep_apart(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that adds the headers a response does not set itself: signed public files are for any site."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        response.headers.setdefault(
            CSP.HEADER_ENFORCE.value, _policy_of_pages() if kind == "text/html" else NOTHING
        )
        named = ALWAYS | (OF_A_PAGE if kind == "text/html" else {})
        for name, value in (named | (OF_PAGE_AND_WORKER if kind in _HEEDED else {})).items():
            response.headers.setdefault(name, value)
        return response

    return answer


def _policy_of_pages() -> str:
    """The policy of the settings, with the digest of the styles that each page carries."""
    carried = f"'{assets.styles_integrity()}'"
    policy: dict[str, Any] = settings.SECURE_CSP | {"style-src": [CSP.SELF, carried]}
    return build_policy(policy)
