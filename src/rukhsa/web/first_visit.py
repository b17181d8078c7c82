"""A first visit carries its style sheets in the page, so that the text stands after one round trip instead of two.

Every later page names the files, which the browser has fetched meanwhile. A cookie says that it has them: the digest of
the sheets, nothing about the reader.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.template.context import Context
from django.templatetags.static import static
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from rukhsa.web import look

COOKIE: Final = "rukhsa-look"
_YEAR: Final = 365 * 24 * 3600
SHEETS: Final = (look.STYLES, "web/portal.css")


class FirstVisit:
    """Middleware: remember in a cookie that the sheets were carried; pages differ by it."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        if getattr(request, "sheets", None) is None:
            return response
        patch_vary_headers(response, ["Cookie"])
        if request.COOKIES.get(COOKIE) != version():
            secure = settings.LANGUAGE_COOKIE_SECURE
            response.set_cookie(
                COOKIE, version(), max_age=_YEAR, samesite="Lax", httponly=True, secure=secure
            )
        return response


def sheet(context: Context, name: str) -> SafeString:
    """The style sheet of a page: its text on a first visit, its address on every other."""
    request: Any = context.get("request")
    address = static(name)
    if request is None or request.COOKIES.get(COOKIE) == version():
        return format_html('<link rel="stylesheet" href="{}">', address)
    request.sheets = [*getattr(request, "sheets", []), address]
    styles = mark_safe(text(name))  # noqa: S308 - a file of ours, which ends no element
    return format_html('<style nonce="{}">{}</style>', context["csp_nonce"], styles)


def fetched_meanwhile(context: Context) -> SafeString:
    """For the end of a page: the files that the next page will name."""
    addresses = getattr(context.get("request"), "sheets", [])
    return format_html_join("", '<link rel="prefetch" as="style" href="{}">', ((each,) for each in addresses))


@cache
def version() -> str:
    """The digest of the sheets that a first visit carries."""
    return hashlib.sha256("".join(map(text, SHEETS)).encode()).hexdigest()[:16]


@cache
def text(name: str) -> str:
    """The text of a sheet, with addresses that hold in a page."""
    found = finders.find(name)
    if found is None:
        raise LookupError(name)
    return look.addressed(Path(found).read_text("utf-8"), name, static)
