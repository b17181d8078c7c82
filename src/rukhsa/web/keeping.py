"""What browsers and proxies may cache of our answers: nothing, unless it is the same for everyone."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase

NOTHING: Final = "no-store"
# The cookies of language and size of text are no secret and stay; the session's is deleted with the session.
_AT_SIGN_OUT: Final = '"cache", "storage"'


class Keeping:
    """Middleware: `no-store`, unless the view allows caching and no user is signed in; sign-out clears the browser."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.respond(request)
        response.headers.setdefault("Cache-Control", NOTHING)
        if getattr(request, "actor", None) is not None and NOTHING not in response.headers["Cache-Control"]:
            response.headers["Cache-Control"] = NOTHING
        if request.method == "POST" and _name(request) == "account_logout":
            response.headers["Clear-Site-Data"] = _AT_SIGN_OUT
        return response


def _name(request: HttpRequest) -> str:
    return (request.resolver_match.url_name or "") if request.resolver_match else ""
