"""A document that its holder shared by a link: checked by anyone who has it, once or for a week."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from rukhsa.accounts.client import client_address
from rukhsa.issuance.instrument import successor_of
from rukhsa.verification import lookup, rate, share
from rukhsa.verification.check_count import count_check
from rukhsa.verification.rate import TooMany
from rukhsa.verification.share import ShareClosed
from rukhsa.web.access import public
from rukhsa.web.public import wording
from rukhsa.web.public.page import answer_page, frame, where_published


@public
@require_http_methods(["GET", "HEAD", "POST"])
@where_published
def check(request: HttpRequest, language: str, link: UUID) -> HttpResponse:
    """GET asks, so that a preview of the link uses nothing up; POST checks, and shows the verdict."""
    with translation.override(language):
        if request.method != "POST":
            return asked(request, language, link)
        at = timezone.now()
        try:
            rate.count(client_address(request), "number", at=at)
            instrument = share.check_by(link, at=at).instrument
        except TooMany:
            return asked(request, language, link, refusal=wording.too_many(), status=429)
        except ShareClosed as closed:
            return asked(request, language, link, refusal=str(closed.text), status=404)
        verdict = lookup.by_number(instrument.number, instrument.intent.verification_code, at=at)
        count_check(verdict, "share", at=at)
        successor = successor_of(instrument) if verdict.word == "superseded" else None
        told = wording.answer_context(verdict, language) | {"successor": successor}
        return answer_page(request, language, told)


def asked(
    request: HttpRequest, language: str, link: UUID, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    """The page with the button, or with why the link does not open."""
    context = frame(language) | {"refusal": refusal}
    context["other_languages"] = [
        (code, name, reverse(f"public:shared-{code}", args=[link]))
        for code, name, _address in context["other_languages"]
    ]
    response = render(request, "public/shared.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = language
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
