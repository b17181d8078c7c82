"""Who asks by machine: the key of an agency's system, read for each request and counted by the minute, and for whom."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Final

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from rukhsa.accounts.client import client_address
from rukhsa.applications.file_check import BadFile
from rukhsa.authorities.actor import NotPermitted
from rukhsa.errors import RukhsaError
from rukhsa.review.recording import RecordsIncomplete
from rukhsa.values.writing import is_broken
from rukhsa.verification import rate
from rukhsa.verification.rate import TooMany
from rukhsa.verification.refused_key import Why, note_key, note_secret
from rukhsa.verification.relying_key import KeyRefused, RelyingKey, answering, key_of
from rukhsa.web.edge import problem
from rukhsa.web.sentences import sentence_for, status_of, status_of_form

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


def by_its_maker(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that acts as the person who made the key; refusals are problem documents."""

    @wraps(view)
    def acted(request: HttpRequest, key: RelyingKey, at: datetime, **path: object) -> HttpResponse:
        try:
            return view(request, answering(key, at=at), key, at, **path)
        except NotPermitted:
            _note_refused(request, key, Why.NOT_FOR_THIS, at=at)
            return problem(HTTPStatus.FORBIDDEN, "key-answers-nothing")
        except ObjectDoesNotExist:
            _note_refused(request, key, Why.ABSENT, at=at)
            return problem(HTTPStatus.NOT_FOUND, "not-found")
        except RukhsaError as refused:
            return _refused(refused)

    return acted


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


def _note_refused(request: HttpRequest, key: RelyingKey, why: Why, *, at: datetime) -> None:
    """Note in the security log that a key did not open what it asked for."""
    note_key(key, why, address=client_address(request), route=_route(request), at=at)


def _refused(error: RukhsaError) -> HttpResponse:
    """The problem document of a refusal; what is missing of the records is named."""
    told = problem(_status_of(error), error.code, sentence_for(error))
    if isinstance(error, RecordsIncomplete):
        body = json.loads(told.content)
        body["problems"] = [{"id": each.about, "code": each.code} for each in error.problems]
        told.content = json.dumps(body, ensure_ascii=False)
    return told


def _status_of(error: RukhsaError) -> HTTPStatus:
    return status_of_form(error.code) if isinstance(error, BadFile) else status_of(error.code)
