"""What a reader chooses for all pages, language and text size, and the context that every page needs."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from rukhsa.accounts.models import Person
from rukhsa.web.access import public


class Language:
    """Middleware: the reader's cookie decides, never the browser's header, since Arabic comes first here."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = chosen_language(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.respond(request)
        response.headers.setdefault("Content-Language", language)
        return response


TEXT_SIZES = ("small", "medium", "large", "larger")
USUAL_TEXT_SIZE = "medium"
_YEAR = 365 * 24 * 3600


@public
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Set the language of all pages, and return to the page on which it was chosen."""
    language = request.POST.get("language", "")
    response = _back(request)
    if language in dict(settings.LANGUAGES):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, language)
        _write_to_them_in(language, getattr(request, "user", None))
    return response


@public
@require_POST
def choose_text_size(request: HttpRequest) -> HttpResponse:
    """Make the text of all pages one step larger or smaller."""
    step = {"larger": 1, "smaller": -1}.get(request.POST.get("text", ""), 0)
    position = TEXT_SIZES.index(text_size(request)) + step
    response = _back(request)
    _keep(response, settings.TEXT_SIZE_COOKIE_NAME, TEXT_SIZES[min(max(position, 0), len(TEXT_SIZES) - 1)])
    return response


def text_size(request: HttpRequest) -> str:
    """The text size that the reader chose."""
    size = request.COOKIES.get(settings.TEXT_SIZE_COOKIE_NAME, "")
    return size if size in TEXT_SIZES else USUAL_TEXT_SIZE


def _write_to_them_in(language: str, reader: object) -> None:
    # Notices are sent in the language that the person reads.
    if isinstance(reader, Person):
        Person.objects.filter(pk=reader.pk).update(language=language)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    address = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(address if ours else "/")


def _keep(response: HttpResponse, name: str, value: str) -> None:
    secure = settings.LANGUAGE_COOKIE_SECURE
    response.set_cookie(name, value, max_age=_YEAR, samesite="Lax", httponly=True, secure=secure)


def chosen_language(request: HttpRequest) -> str:
    """The language of the reader's cookie, if the territory has it."""
    wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the actor, the other languages, and the text size."""
    size = text_size(request)
    return {
        "actor": getattr(request, "actor", None),
        "has_accounts": hasattr(request, "user"),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "other_languages": [
            (code, name) for code, name in settings.LANGUAGES if code != translation.get_language()
        ],
        "text_size": size,
        "text_is_largest": size == TEXT_SIZES[-1],
        "text_is_smallest": size == TEXT_SIZES[0],
        "here": request.get_full_path() if request.method == "GET" else request.path,
    }
