"""Requests that are refused before any view: broken text, and bodies that the server did not accept."""

import json
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.utils import translation

from rukhsa.values.writing import is_broken
from rukhsa.web.edge import SECRETS, answer, problem, wants_json
from rukhsa.web.sentences import status_of

REFUSED: Final = "rukhsa.refused"  # set by the server when it refused the body (project/buffering.py)
BROKEN: Final = "broken-text"
SHOWN: Final = "\ufffd"
_FORM: Final = "application/x-www-form-urlencoded"
_PARTS: Final = "multipart/form-data"
_COOKIES: Final = {
    *(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME),
    *(settings.DEVICE_COOKIE_NAME, settings.TEXT_SIZE_COOKIE_NAME, settings.MESSAGE_COOKIE_NAME),
}

_FOR_ENGINEERS: Final = {
    BROKEN: "A text of the request is none: it holds NUL, half of a surrogate pair, or bytes that are not UTF-8.",
}

type View = Callable[..., HttpResponseBase]


def takes_bytes(view: View) -> View:
    """Mark a view for other systems that checks the encoding of its input itself."""
    view.takes_bytes = True  # type: ignore[attr-defined]
    return view


class Intake:
    """Middleware: 400 for broken text anywhere in a request; 413, 408 and 503 for a body that the server refused."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if code := request.META.get(REFUSED):
            return self._refuse(request, code)
        if broken := [name for name, text in request.COOKIES.items() if is_broken(text)]:
            return _without(broken, self._refuse(request, BROKEN))
        # Django percent-encodes what was not UTF-8 in the path.
        if _are_broken(unquote_to_bytes(request.path_info)):
            return self._refuse(request, BROKEN)
        return self.respond(request)

    def process_view(self, request: HttpRequest, view: View, *_: Any) -> HttpResponseBase | None:
        """The response to broken text in query or body; the view itself refuses what is not JSON or not a form."""
        if getattr(view, "takes_bytes", False):
            return None
        broken = _is_broken_in_query(request) or _is_broken_in_body(request)
        return self._refuse(request, BROKEN) if broken else None

    def page(self, request: HttpRequest, code: str) -> HttpResponse:
        """The refusal for a person, in their language, with what they wrote."""
        asked = request.POST if code == BROKEN and request.method == "POST" else request.GET
        request.method = "GET" if code != BROKEN else request.method  # a refused body is not read
        return answer(request, status_of(code), code, typed=written(asked) if code == BROKEN else [])

    def _refuse(self, request: HttpRequest, code: str) -> HttpResponse:
        if wants_json(request) or _is_json(request):
            with translation.override("en"):  # a problem document is for engineers, in English
                response: HttpResponse = problem(status_of(code), code, _FOR_ENGINEERS.get(code))
        else:
            response = self.page(request, code)
        if status_of(code) == HTTPStatus.SERVICE_UNAVAILABLE:
            response.headers["Retry-After"] = "60"
        return response


def mended(text: str) -> str:
    """The text with � in place of each broken character."""
    return "".join(SHOWN if is_broken(character) else character for character in text)


def written(fields: QueryDict) -> list[str]:
    """What was typed in each field, mended, without passwords and codes."""
    shown = (value for name, values in fields.lists() if name not in SECRETS for value in values)
    return [mended(value) for value in shown if value.strip()]


def _without(cookies: list[str], response: HttpResponse) -> HttpResponse:
    """The response, which also deletes broken cookies: otherwise every later page would be refused."""
    for name in set(cookies) & _COOKIES:
        response.delete_cookie(name)
    return response


def _is_broken_in_query(request: HttpRequest) -> bool:
    query = request.META.get("QUERY_STRING", "").encode("latin1", "replace")
    return _are_broken(unquote_to_bytes(query))


def _is_broken_in_body(request: HttpRequest) -> bool:
    if request.method in ("GET", "HEAD") or declared_length(request) > _most(request):
        return False
    if request.content_type == _PARTS:
        return any(is_broken(text) for text in _texts_of_form(request))
    if request.content_type == _FORM:
        return _are_broken(unquote_to_bytes(request.body))
    return _is_json(request) and _is_broken_json(request.body)


def _texts_of_form(request: HttpRequest) -> Iterator[str]:
    for name, values in request.POST.lists():
        yield from (name, *map(str, values))
    for name, files in request.FILES.lists():
        yield from (name, *(file.name or "" for file in files))


def _is_json(request: HttpRequest) -> bool:
    kind = request.content_type or ""
    return kind == "application/json" or kind.endswith("+json")


def _is_broken_json(body: bytes) -> bool:
    if _are_broken(body):
        return True
    try:
        waiting = [json.loads(body)]
    except (ValueError, RecursionError):
        return False
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and is_broken(value):
            return True
        waiting.extend(_within(value))
    return False


def _within(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return (*value.keys(), *value.values())
    return value if isinstance(value, list) else ()


def _are_broken(encoded: bytes) -> bool:
    try:
        return is_broken(encoded.decode())
    except UnicodeDecodeError:
        return True


def declared_length(request: HttpRequest) -> int:
    """The length in bytes that a request declares for its body; 0 if it declares none."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isdigit() else 0


def _most(request: HttpRequest) -> int:
    """How many bytes of a body are read here; a larger one is refused where it is parsed."""
    if request.content_type == _PARTS:
        return int(settings.RUKHSA_LARGEST_BODY)
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)
