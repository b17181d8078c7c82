"""Lets each request see what the desk changed of the territory, a few seconds later at most."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from rukhsa.catalogue.territory_change import keep_fresh


class Freshness:
    """Middleware: reads what is in force every few seconds, with one query."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith((settings.STATIC_URL, "/healthz")):
            keep_fresh()
        return self.respond(request)
