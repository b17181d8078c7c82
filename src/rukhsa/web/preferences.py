"""What a reader chooses for all pages: the language and the size of the text; kept in cookies."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from rukhsa.accounts.models import Person
from rukhsa.web.access import public

TEXT_SIZES = ("small", "medium", "large", "larger")
USUAL_TEXT_SIZE = "medium"
_YEAR = 365 * 24 * 3600


@public
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Show all pages in a language from now on, beginning with the one it was chosen on."""
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
    """The size of text that the reader chose."""
    size = request.COOKIES.get(settings.TEXT_SIZE_COOKIE_NAME, "")
    return size if size in TEXT_SIZES else USUAL_TEXT_SIZE


def _write_to_them_in(language: str, reader: object) -> None:
    # Notices are written in the language last read.
    if isinstance(reader, Person):
        Person.objects.filter(pk=reader.pk).update(language=language)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    address = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(address if ours else "/")


def _keep(response: HttpResponse, name: str, value: str) -> None:
    secure = settings.LANGUAGE_COOKIE_SECURE
    response.set_cookie(name, value, max_age=_YEAR, samesite="Lax", httponly=True, secure=secure)
