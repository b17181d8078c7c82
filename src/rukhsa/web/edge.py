"""The edge of the web: turns errors into pages or problem documents, and limits what browsers cache."""

import logging
import re
import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from rukhsa.accounts.client import client_address, network_of
from rukhsa.accounts.models import Person, PersonKind
from rukhsa.audit.journal import record_event
from rukhsa.audit.security import Event
from rukhsa.authorities.actor import NotPermitted
from rukhsa.errors import RukhsaError
from rukhsa.web.sentences import is_told, sentence_of, status_of, title_of

NOTHING: Final = "no-store"
AGAIN_AFTER: Final = 60  # seconds, after which one may ask again
# The cookies for language and text size are not secret and stay; the session's is deleted with the session.
_AT_SIGN_OUT: Final = '"cache", "storage"'
_OF_A_ROUND: Final = '"cache"'
ROUND_KEPT: Final = "rukhsa-round-kept"  # the cookie of a device that holds a round (field_device.py)
_NOT_AGAIN: Final = frozenset({"csrfmiddlewaretoken", "on", "later"})
logger = logging.getLogger(__name__)
SECRETS = frozenset({"csrfmiddlewaretoken", "password", "current", "new", "code", "login"})
# Fields of forms that no one typed: buttons, and what a page says of itself.
_CONTROL: Final = re.compile(
    r"(was|asked)[.]|(csrfmiddlewaretoken|page|told|wrong|on|later|fill|stay|mine|theirs|next)$"
)


class Edge:
    """Middleware: answer errors of the rooms by their `code`; any other error stays a 500."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.respond(request)
        if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            response.headers.setdefault("Retry-After", str(AGAIN_AFTER))
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The response to an error of a room; None for any other error."""
        note_refusal(request, error)
        if isinstance(error, ObjectDoesNotExist):
            # Absent and forbidden look alike: what `on_which` does not return does not exist.
            return answer(request, HTTPStatus.NOT_FOUND, "not-found")
        text = getattr(error, "text", None)
        if not isinstance(error, RukhsaError) or not (text or is_told(error.code)):
            return None
        logger.info("refused: %s", error.code)
        return answer(request, status_of(error.code), error.code, detail=text)


class PlainHttp:
    """Middleware: refuse what a program sends over plain http, where a browser that asks for a page is sent to https.

    Sent on, it would work, with its contents or its key in the clear each time, and no one would notice.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_a_page = request.method in ("GET", "HEAD") and "Authorization" not in request.headers
        if settings.SECURE_SSL_REDIRECT and not request.is_secure() and not is_a_page:
            return problem(HTTPStatus.FORBIDDEN, "https-only")
        return self.respond(request)


class Compression(GZipMiddleware):
    """Middleware: compress pages. Static files were compressed when they were collected; other answers are left whole.

    Django adds up to 100 random bytes to each, against guessing from the length of a page (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Type", "").partition(";")[0] != "text/html":
            return response
        return super().process_response(request, response)


class Keeping:
    """Middleware: `no-store`, unless the view allows caching and no user is signed in; clear it at sign-out.

    A page and what htmx is told at the same address are two responses: the second is never stored, so that Back cannot
    show it as a page.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.respond(request)
        response.headers.setdefault("Cache-Control", NOTHING)
        may_be_kept = getattr(request, "actor", None) is None and not is_partial(request)
        if not may_be_kept and NOTHING not in response.headers["Cache-Control"]:
            response.headers["Cache-Control"] = NOTHING
        match = request.resolver_match
        if getattr(getattr(match and match.func, "access", None), "is_same_for_all", False):
            # The middleware around this one would add `Vary: Cookie`, and every cookie would fetch it again.
            request.session.accessed = request.session.modified
        elif hasattr(request, "session"):  # the verifier has none, and no htmx
            patch_vary_headers(response, ["HX-Request"])
        if request.method == "POST" and match and match.url_name == "account_logout":
            # The reports that wait on an inspector's device are not deleted with the rest; no one else is shown them.
            response.headers["Clear-Site-Data"] = (
                _OF_A_ROUND if ROUND_KEPT in request.COOKIES else _AT_SIGN_OUT
            )
        return response


def is_partial(request: HttpRequest) -> bool:
    """Whether htmx asked, which puts the answer into the page that is open."""
    return request.headers.get("HX-Request") == "true"


def answer(
    request: HttpRequest,
    status: HTTPStatus,
    code: str,
    *,
    detail: object = None,
    typed: list[str] | None = None,
) -> HttpResponse:
    """An error as a page, or as a problem document (RFC 9457) for a client that asks for JSON."""
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
    """A problem document (RFC 9457) in the client's language."""
    body = {
        "type": f"urn:rukhsa:problem:{code}",
        "title": str(title_of(status, code)),
        "status": status.value,
        "detail": str(detail or sentence_of(code)),
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


def wants_json(request: HttpRequest) -> bool:
    """Whether the client asked for JSON rather than a page."""
    accepted = request.get_preferred_type(["text/html", "application/json", "application/problem+json"])
    return accepted is not None and accepted != "text/html"


def _typed(request: HttpRequest, status: HTTPStatus) -> list[str]:
    """What was written in a form that was refused, so that no work is lost; without secrets."""
    if request.method != "POST" or status == HTTPStatus.NOT_FOUND:
        return []
    fields = ((name, values) for name, values in request.POST.lists() if not is_control(name))
    return [value for name, values in fields if name not in SECRETS for value in values if value.strip()]


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400: the request could not be read, or was too large."""
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
    """handler500: a page that needs neither database nor session, since either may be what failed.

    503 where the database was away, stopped, or held by another for too long: asked again, it may answer.
    """
    is_away = isinstance(sys.exception(), OperationalError | InterfaceError)
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_away else HTTPStatus.INTERNAL_SERVER_ERROR
    answered: HttpResponse
    if wants_json(request):
        answered = problem(status, "failed")
    else:
        language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
        answered = HttpResponse(
            render_to_string("web/errors/failed.html", {"language": language}), status=status
        )
    if is_away:
        answered.headers["Retry-After"] = str(AGAIN_AFTER)
    return answered


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: usually a page left open too long, so it shows what was typed.

    A page of a draft is offered to be saved with one press, if the browser says that a page of this site sent it.
    """
    route, origin = request.resolver_match, request.headers.get("Origin", "")
    is_of_draft = route is not None and route.view_name == "portal:section"
    is_ours = origin == f"{request.scheme}://{request.get_host()}"
    if not (is_of_draft and is_ours) or is_partial(request) or wants_json(request):
        return answer(request, HTTPStatus.FORBIDDEN, "form-expired")
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    context = {"posted": [(name, value) for name, value in fields if name not in _NOT_AGAIN]}
    return render(request, "web/errors/again.html", context, status=HTTPStatus.FORBIDDEN)


def is_control(name: str) -> bool:
    """Whether a field of a form holds nothing that was typed."""
    return _CONTROL.match(name) is not None


def answer_without_form(request: HttpRequest, status: HTTPStatus, code: str) -> HttpResponse:
    """An error about the form itself, which must not be parsed again."""
    request.method = "GET"
    return answer(request, status, code)


def note_refusal(request: HttpRequest, error: Exception) -> None:
    """Record in the security log that a person was refused; the act's own transaction was rolled back."""
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return
    if isinstance(error, NotPermitted):
        permission, authority, why = " ".join(error.args), error.at.code if error.at else "", ""
    elif isinstance(error, ObjectDoesNotExist) and person.kind == PersonKind.STAFF:
        permission, authority, why = "", "", "absent"  # absent, or of another authority
    else:
        return
    route = request.resolver_match.view_name if request.resolver_match else ""
    network = network_of(client_address(request))
    record_event(
        Event.REFUSE_ACCESS,
        by=person,
        about=person,
        at=timezone.now(),
        route=route,
        permission=permission,
        authority=authority,
        why=why,
        network=network,
    )
