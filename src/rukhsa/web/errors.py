"""The pages for what no view answered: not found, not allowed, too large, broken."""

from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from rukhsa.web.edge import answer, problem, wants_json


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400: what could not be read, or was too large."""
    if isinstance(exception, RequestDataTooBig | TooManyFilesSent):
        return answer_without_form(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large")
    return answer_without_form(request, HTTPStatus.BAD_REQUEST, "bad-request")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403."""
    return answer(request, HTTPStatus.FORBIDDEN, "not-permitted")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404."""
    return answer(request, HTTPStatus.NOT_FOUND, "not-found")


def failed(request: HttpRequest) -> HttpResponse:
    """handler500: a page that needs neither database nor session, since those may be what broke."""
    if wants_json(request):
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "failed")
    page = render_to_string(
        "web/errors/failed.html", {"language": getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)}
    )
    return HttpResponse(page, status=HTTPStatus.INTERNAL_SERVER_ERROR)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: mostly a page left open too long, so it keeps calm and keeps what was typed."""
    return answer(request, HTTPStatus.FORBIDDEN, "form-expired")


def answer_without_form(request: HttpRequest, status: HTTPStatus, code: str) -> HttpResponse:
    """An error about the form itself, which therefore must not be read again."""
    request.method = "GET"
    return answer(request, status, code)
