"""Who asks by machine: the key of an agency's system, read for each request and counted by the minute."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from rukhsa.accounts.client import client_address
from rukhsa.values.writing import is_broken
from rukhsa.verification import rate
from rukhsa.verification.rate import TooMany
from rukhsa.verification.refused_key import Why, note_key, note_secret
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
                key = _key_in(request, at)
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


def note_refused(request: HttpRequest, key: RelyingKey, why: Why, *, at: datetime) -> None:
    """Note in the security log that a key did not open what it asked for."""
    note_key(key, why, address=client_address(request), route=_route(request), at=at)


def _key_in(request: HttpRequest, at: datetime) -> RelyingKey:
    """The key that was sent. Raises KeyRefused; a key that opens nothing stands in the security log."""
    kind, _space, sent = request.headers.get("Authorization", "").partition(" ")
    secret = sent.strip()
    if kind.lower() != "bearer" or not secret:
        raise KeyRefused
    try:
        if len(secret) > _LONGEST_KEY or is_broken(secret):
            raise KeyRefused
        return key_of(secret)
    except KeyRefused:
        legible = secret[:_LONGEST_KEY].encode(errors="replace").decode()
        note_secret(legible, address=client_address(request), route=_route(request), at=at)
        raise


def _route(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""
