"""The verifier page: a shell whose modules verify in the browser, and the questions that the server answers."""

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST, require_safe

from rukhsa import service_status
from rukhsa.accounts.client import client_address
from rukhsa.catalogue.territory import territory
from rukhsa.trust import specimen
from rukhsa.trust.errors import Unread
from rukhsa.verification import lookup, own_verifier, rate, upload
from rukhsa.verification.check_count import count_check
from rukhsa.verification.outage import DatabaseAway, outage
from rukhsa.verification.rate import TooMany
from rukhsa.web import intake
from rukhsa.web.access import public
from rukhsa.web.edge import problem
from rukhsa.web.public import assets, wording
from rukhsa.web.public.packing import pack
from rukhsa.web.sentences import sentence_of, status_of
from rukhsa.web.service_words import told

_FORM_AROUND: Final = 64 * 1024  # bytes that the form itself may weigh


def where_published(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that answers 503 until trust list and root are published."""

    @wraps(view)
    def answer(request: HttpRequest, **of_the_address: str) -> HttpResponse:
        try:
            return view(request, **of_the_address)
        except own_verifier.NoTrustList:
            return HttpResponse(status=503, headers={"Retry-After": "60"})

    return answer


@public
@require_safe
@where_published
def verifier(request: HttpRequest, language: str) -> HttpResponse:
    """The page behind every QR; what follows the # never reaches the server."""
    response = shell(request, language)
    pack(
        response, request
    )  # the answers to questions are never packed: they hold what was typed beside what is told
    return response


@public
@require_safe
def service_state(request: HttpRequest, language: str) -> HttpResponse:
    """What of the service works, as it was published; asks no database."""
    at = timezone.now()
    with translation.override(language):
        context = frame(language) | told(service_status.published(at=at), at=at)
        context["other_languages"] = [
            (code, name, reverse(f"public:service-{code}"))
            for code, name, _address in context["other_languages"]
        ]
        response = render(request, "public/service.html", context)
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Content-Language"] = language
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404: a browser gets the question of what to check; a client that wants a file gets no page."""
    if "text/html" not in request.headers.get("Accept", ""):
        return HttpResponse(status=404)
    language = _language(request)
    with translation.override(language):
        try:
            return _page(request, language, refusal=wording.no_such_page(), status=404)
        except own_verifier.NoTrustList:
            return HttpResponse(status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400: a form that cannot be read or is too large."""
    too_large = isinstance(exception, RequestDataTooBig | TooManyFilesSent)
    return refused(request, "too-large" if too_large else "bad-request")


class Intake(intake.Intake):
    """What the intake refuses at the verifier: shown on its own page, with the number as it was typed."""

    def page(self, request: HttpRequest, code: str) -> HttpResponse:
        """The page with its question again."""
        typed = request.POST if code == intake.BROKEN and request.method == "POST" else {}
        return refused(
            request, code, {name: intake.mended(typed.get(name, "")) for name in ("number", "code")}
        )


def refused(request: HttpRequest, code: str, typed: Mapping[str, str] | None = None) -> HttpResponse:
    """The page with the sentence for a code instead of an answer; a problem document for other clients."""
    status = HTTPStatus.BAD_REQUEST if code == "bad-request" else status_of(code)
    if "text/html" not in request.headers.get("Accept", "*/*").replace("*/*", "text/html"):
        return problem(status, code)
    language = _language(request)
    with translation.override(language):
        try:
            return _page(request, language, refusal=str(sentence_of(code)), status=status, **typed or {})
        except own_verifier.NoTrustList:
            return problem(status, code)


def shell(request: HttpRequest, language: str) -> HttpResponse:
    """The page without question or answer: the same bytes for everyone. Raise `NoTrustList`."""
    with translation.override(language):
        return _page(request, language)


@public
@require_POST
@where_published
def by_number(request: HttpRequest, language: str) -> HttpResponse:
    """The verdict on a document number with its code, for readers who cannot scan."""
    typed = {name: request.POST.get(name, "") for name in ("number", "code")}
    with translation.override(language):
        try:
            rate.count(client_address(request), "number", at=timezone.now())
            answer = outage.ask(lambda: lookup.by_number(**typed, at=timezone.now()))
            count_check(answer, "number", at=timezone.now())
        except TooMany:
            return _page(request, language, **typed, refusal=wording.too_many(), status=429)
        except lookup.NoSuchDocument:
            return _page(request, language, **typed, refusal=wording.no_such_document(), status=404)
        except DatabaseAway as away:
            return _page(request, language, **typed, refusal=str(sentence_of(away.code)), status=503)
        successor = lookup.successor_by_number(**typed) if answer.word == "superseded" else None
        conditions = lookup.conditions_by_number(**typed) if answer.claims else ()
        told = wording.answer_context(answer, language) | {"successor": successor, "conditions": conditions}
        return answer_page(request, language, told)


@public
@require_POST
@where_published
def by_file(request: HttpRequest, language: str) -> HttpResponse:
    """The verdict on a file, which is read in memory and not stored."""
    with translation.override(language):
        if intake.declared_length(request) > upload.MAXIMUM_SIZE + _FORM_AROUND:
            # Refused before it is read.
            return _page(request, language, refusal=str(wording.sentences()["tooLarge"]), status=413)
        file = request.FILES.get("file")
        if file is None or not file.size:
            return _page(request, language, refusal=wording.no_file(), status=400)
        try:
            with rate.count_cost(client_address(request), "file", at=timezone.now()):
                answer = upload.verify_file(file, at=timezone.now())
            count_check(answer, "file", at=timezone.now())
        except TooMany:
            return _page(request, language, refusal=wording.too_many(), status=429)
        except Unread as unread:
            status = status_of(unread.code)
            return _page(request, language, refusal=str(sentence_of(unread.code)), status=status)
        except upload.NothingToVerify:
            return _page(request, language, refusal=str(wording.sentences()["noCode"]), status=422)
        submitted = upload.submitted_picture(file) if answer.claims else None
        return answer_page(
            request, language, wording.answer_context(answer, language) | {"submitted": submitted}
        )


def _language(request: HttpRequest) -> str:
    """The language of the address: the territory's first, unless another is named."""
    first, *others = territory().languages
    return next((each for each in others if request.path.startswith(f"/{each}/")), first)


def _page(request: HttpRequest, language: str, *, status: int = 200, **more: Any) -> HttpResponse:
    context = frame(language) | {"settings": settings_of(language)} | more
    response = render(request, "public/page.html", context, status=status)
    response.headers["Cache-Control"] = "public, max-age=60" if status == 200 else "no-store"
    if status == 503:
        response.headers["Retry-After"] = "60"
    response.headers["Content-Language"] = language
    return response


def answer_page(request: HttpRequest, language: str, context: dict[str, Any]) -> HttpResponse:
    """A verdict as a page, which no one keeps."""
    response = render(request, "public/answer.html", frame(language) | context)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = language
    return response


def frame(language: str) -> dict[str, Any]:
    """The context of every page of the verifier."""
    return {
        "language": language,
        "styles": mark_safe(assets.styles()),  # noqa: S308 - files of ours, which end no element
        "direction": "rtl" if language in settings.LANGUAGES_BIDI else "ltr",
        "host": own_verifier.host(),
        "home": reverse(f"public:page-{language}"),
        "manifest": reverse(f"public:manifest-{language}"),
        "number_address": reverse(f"public:number-{language}"),
        "file_address": reverse(f"public:file-{language}"),
        "other_languages": [
            (code, dict(settings.LANGUAGES)[code], reverse(f"public:page-{code}"))
            for code in territory().languages
            if code != language
        ],
    }


def settings_of(language: str) -> dict[str, Any]:
    """The settings of the page's modules: the root they trust, the specimens' key, and their sentences."""
    return {
        "language": language,
        "root": own_verifier.root_jwk(),
        "specimen": dict(specimen.public_key().jwk),
        "host": own_verifier.host(),
        "words": reverse("public:asset", args=["words.json"]),
        "scanner": reverse("public:asset", args=[assets.SCANNER]),
        "serviceWorker": reverse("public:service-worker"),
        "trustList": reverse("public:file", args=["trust-list.jws"]),
        "sentences": wording.sentences(),
    }
