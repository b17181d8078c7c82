"""Where an error of a room becomes a page in the reader's language, or a problem document: once, here."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from rukhsa.errors import RukhsaError
from rukhsa.web.refusal import note_refusal
from rukhsa.web.sentences import is_told, sentence_of, status_of, title_of

logger = logging.getLogger(__name__)

SECRETS = frozenset({"csrfmiddlewaretoken", "password", "code", "login"})


class Edge:
    """Middleware: answers for errors of a room, by their lasting `code`; anything else stays a 500."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.respond(request)
        if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            response.headers.setdefault("Retry-After", "60")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer to an error of a room; None for what we do not know."""
        note_refusal(request, error)
        if isinstance(error, ObjectDoesNotExist):
            # Absent and forbidden look alike: what `on_which` does not give does not exist.
            return answer(request, HTTPStatus.NOT_FOUND, "not-found")
        text = getattr(error, "text", None)
        if not isinstance(error, RukhsaError) or not (text or is_told(error.code)):
            return None
        logger.info("refused: %s", error.code)
        return answer(request, status_of(error.code), error.code, detail=text)


def answer(
    request: HttpRequest,
    status: HTTPStatus,
    code: str,
    *,
    detail: object = None,
    typed: list[str] | None = None,
) -> HttpResponse:
    """An error as a page, or as a problem document (RFC 9457) for a caller who asks for JSON."""
    if wants_json(request):
        return problem(status, code, detail)
    context = {
        "code": code,
        "status": status.value,
        "title": title_of(status, code),
        "sentence": detail or sentence_of(code),
        "typed": _typed(request, status) if typed is None else typed,
    }
    return render(request, "web/errors/refused.html", context, status=status)


def problem(status: HTTPStatus, code: str, detail: object = None) -> JsonResponse:
    """RFC 9457: a problem document, in the language of the caller."""
    body = {
        "type": f"urn:rukhsa:problem:{code}",
        "title": str(title_of(status, code)),
        "status": status.value,
        "detail": str(detail or sentence_of(code)),
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


def wants_json(request: HttpRequest) -> bool:
    """Whether the caller asked for JSON rather than a page."""
    accepted = request.get_preferred_type(["text/html", "application/json", "application/problem+json"])
    return accepted is not None and accepted != "text/html"


def _typed(request: HttpRequest, status: HTTPStatus) -> list[str]:
    """What somebody wrote in a form that was refused, so that no work is lost; no secrets among it."""
    if request.method != "POST" or status == HTTPStatus.NOT_FOUND:
        return []
    posted = request.POST
    return [
        value for name, values in posted.lists() if name not in SECRETS for value in values if " " in value
    ]
