"""Headers of every answer of the verifier: it shares nothing with another site and may ask for the camera only."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

_NOT_ASKED_FOR: Final = (
    *(
        "accelerometer",
        "autoplay",
        "bluetooth",
        "browsing-topics",
        "clipboard-read",
        "display-capture",
        "gamepad",
    ),
    *(
        "geolocation",
        "gyroscope",
        "hid",
        "identity-credentials-get",
        "idle-detection",
        "local-fonts",
        "magnetometer",
    ),
    *(
        "microphone",
        "midi",
        "otp-credentials",
        "payment",
        "publickey-credentials-get",
        "screen-wake-lock",
        "serial",
    ),
    *("storage-access", "usb", "window-management", "xr-spatial-tracking"),
)
ALWAYS: Final = {
    "Permissions-Policy": ", ".join(["camera=(self)", *(f"{name}=()" for name in _NOT_ASKED_FOR)]),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def keep_apart(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that adds what an answer does not say itself: the signed public files are for any site."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        return response

    return answer
