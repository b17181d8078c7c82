"""Who asks by machine: the key of an agency's system, read for each request and counted by the minute."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from rukhsa.values.writing import is_broken
from rukhsa.verification import rate
from rukhsa.verification.rate import TooMany
from rukhsa.verification.relying_key import KeyRefused, RelyingKey, key_of
from rukhsa.web.edge import problem

_LONGEST_KEY: Final = 200


def of_agency(what: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view for the system of an agency: its key is read, and its questions of this kind are counted by the minute."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answered(request: HttpRequest, **path: object) -> HttpResponse:
            at = timezone.now()
            try:
                key = _key_in(request)
                rate.count(f"agency:{key.agency_id}", what, at=at)
            except KeyRefused as refused:
                response: HttpResponse = problem(HTTPStatus.UNAUTHORIZED, refused.code)
                response["WWW-Authenticate"] = "Bearer"
                return response
            except TooMany as many:
                response = problem(HTTPStatus.TOO_MANY_REQUESTS, many.code)
                response["Retry-After"] = str(60 - at.second)
                return response
            answer = view(request, key, at, **path)
            answer["Cache-Control"] = "no-store"
            return answer

        return answered

    return decorate


def _key_in(request: HttpRequest) -> RelyingKey:
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or len(secret) > _LONGEST_KEY or is_broken(secret):
        raise KeyRefused
    return key_of(secret.strip())
