"""Known browsers, in which a member of staff signed in before: guesses from other browsers never slow these down."""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from rukhsa.accounts.client import pseudonym

_SALT = "rukhsa known devices"
_AGE = 180 * 24 * 3600  # seconds
_PEOPLE = 8  # a shared computer remembers the last of them


def known_device(request: HttpRequest, email: str) -> str | None:
    """The name of the browser, where the person of this mail address signed in with it before."""
    told = _read(request)
    return str(told["device"]) if pseudonym(email) in told["people"] else None


def remember(request: HttpRequest, response: HttpResponseBase, email: str) -> None:
    """Set a cookie by which the browser proves that this person signed in with it."""
    told = _read(request)
    people = [pseudonym(email), *(each for each in told["people"] if each != pseudonym(email))]
    value = signing.dumps({"device": told["device"], "people": people[:_PEOPLE]}, salt=_SALT)
    how: dict[str, Any] = {"max_age": _AGE, "httponly": True, "samesite": "Lax"}
    response.set_cookie(settings.DEVICE_COOKIE_NAME, value, secure=settings.SESSION_COOKIE_SECURE, **how)


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        told = signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=_SALT, max_age=_AGE)
    except signing.BadSignature:
        return {"device": secrets.token_hex(16), "people": []}
    assert isinstance(told, dict)
    return told
