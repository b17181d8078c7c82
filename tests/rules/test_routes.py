"""Every address of both hosts has a name, and says who may enter."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path

HOSTS = ("rukhsa.project.urls", "rukhsa.project.urls_public")
# Their own libraries ask who may enter these: the sign-in, and the health of the process.
DECLARED_ELSEWHERE = (
    "allauth.",
    "rukhsa.project.health",
    "django.views.i18n",
    "django.contrib.staticfiles",
    "ninja.",
)


@pytest.mark.parametrize("host", HOSTS)
def test_every_route_says_who_may_enter(host: str) -> None:
    assert _without_access(_routes(get_resolver(host))) == []


@pytest.mark.parametrize("host", HOSTS)
def test_every_route_has_a_name(host: str) -> None:
    assert [str(route.pattern) for route in _routes(get_resolver(host)) if not route.name] == []


def test_a_route_that_says_nothing_is_found() -> None:
    def silent(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert _without_access([path("silent", silent, name="silent")]) == ["silent"]


def _without_access(routes: "list[URLPattern] | Iterator[URLPattern]") -> list[str]:
    return [
        str(route.pattern)
        for route in routes
        if not hasattr(_view(route.callback), "access")
        and not _module(route.callback).startswith(DECLARED_ELSEWHERE)
    ]


def _routes(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _routes(entry)
        else:
            yield entry


def _view(callback: Callable[..., Any]) -> Any:
    return getattr(callback, "view_class", callback)


def _module(callback: Callable[..., Any]) -> str:
    return str(_view(callback).__module__)
