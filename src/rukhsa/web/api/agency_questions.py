"""What the system of an agency answers by machine: the questions that were put to the agency, one by one."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.stages import OPEN_STAGES
from rukhsa.applications.submitted import submitted
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.catalogue.definition import asked
from rukhsa.catalogue.steps import recorded_by
from rukhsa.errors import RukhsaError
from rukhsa.review.queue import WaitingReferral
from rukhsa.review.recording import RecordsIncomplete
from rukhsa.review.referral import Referral, answer, step_of
from rukhsa.values.names import Text
from rukhsa.values.writing import is_broken
from rukhsa.verification.refused_key import Why
from rukhsa.verification.relying_key import RelyingKey, answering
from rukhsa.web.access import public
from rukhsa.web.api.keyed import note_refused, of_agency
from rukhsa.web.edge import problem
from rukhsa.web.fields import typed_in
from rukhsa.web.intake import takes_bytes
from rukhsa.web.sentences import sentence_for, status_of

MOST: Final = 100  # questions of a list
LARGEST: Final = 50_000  # bytes of an answer

type Answer = dict[str, Any]


def by_its_maker(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that acts as the person who made the key; refusals are problem documents."""

    @wraps(view)
    def acted(request: HttpRequest, key: RelyingKey, at: datetime, **path: object) -> HttpResponse:
        try:
            return view(request, answering(key, at=at), key, at, **path)
        except NotPermitted:
            note_refused(request, key, Why.NOT_FOR_THIS, at=at)
            return problem(HTTPStatus.FORBIDDEN, "key-answers-nothing")
        except ObjectDoesNotExist:
            note_refused(request, key, Why.ABSENT, at=at)
            return problem(HTTPStatus.NOT_FOUND, "not-found")
        except RukhsaError as refused:
            return _refused(refused)

    return acted


@public
@csrf_exempt
@require_GET
@of_agency("question")
@by_its_maker
def show_all(request: HttpRequest, actor: Actor, key: RelyingKey, at: datetime) -> HttpResponse:
    """The open questions to the agency, the most urgent first, without what was applied for."""
    urgent = WaitingReferral.objects.filter(agency=key.agency_id).order_by("due_at", "referral")
    ours = Referral.objects.on_which(actor, Permission.ANSWER_REFERRAL).filter(
        pk__in=urgent.values("pk")[: MOST + 1], application__stage__in=OPEN_STAGES
    )
    found = list(ours.select_related("application", "more_time").order_by("waiting__due_at", "pk"))
    record("see-referrals", actor.person, actor=actor, at=at, key=str(key.pk))
    told = [_in_short(request, each) for each in found[:MOST]]
    return JsonResponse({"questions": told, "has_more": len(found) > MOST})


@public
@csrf_exempt
@require_GET
@of_agency("question")
@by_its_maker
def show(request: HttpRequest, actor: Actor, key: RelyingKey, at: datetime, *, pk: UUID) -> HttpResponse:
    """One question with what its agency is shown of the application, and what its answer records."""
    referral = _reached(actor, pk)
    record("see-referral", referral, actor=actor, at=at, key=str(key.pk))
    return JsonResponse(_in_short(request, referral) | _whole(referral))


@takes_bytes
@public
@csrf_exempt
@require_POST
@of_agency("question")
@by_its_maker
def answer_one(
    request: HttpRequest, actor: Actor, key: RelyingKey, at: datetime, *, pk: UUID
) -> HttpResponse:
    """Give the agency's answer, once; the same again changes nothing."""
    referral, said = _reached(actor, pk), _said(request)
    if said is None:
        return problem(HTTPStatus.BAD_REQUEST, "bad-request")
    step = step_of(referral.application, referral)
    typed = typed_in(said["records"], recorded_by(step) if step else ())
    given = answer(
        referral,
        said["answer"],
        said["text"],
        typed,
        conditions=said["conditions"],
        key=str(key.pk),
        actor=actor,
        at=at,
    )
    return JsonResponse({"id": str(referral.pk), "answer": given.answer, "at": given.at.isoformat()})


def _reached(actor: Actor, pk: UUID) -> Referral:
    ours = Referral.objects.on_which(actor, Permission.ANSWER_REFERRAL).with_documents()
    return ours.select_related("application__service_version", "more_time").get(pk=pk)


def _in_short(request: HttpRequest, referral: Referral) -> Answer:
    return {
        "id": str(referral.pk),
        "reference": referral.application.reference,
        "step": referral.step,
        "question": _both(referral.question),
        "asked_at": referral.asked_at.isoformat(),
        "due_at": referral.term.isoformat(),
        "page": request.build_absolute_uri(reverse("desk:referral", args=[referral.pk])),
    }


def _whole(referral: Referral) -> Answer:
    """What the page of the question shows, but the files, which are opened there."""
    held = submitted(referral.application)
    application, step = held.application, step_of(referral.application, referral)
    definition = application.definition
    told = [each for each in asked(definition, application.answers) if not each.is_private]
    shown = referral.shown_documents
    files = [each.document for each in held.files]
    return {
        "service": definition.service,
        "is_open": Referral.objects.open().filter(pk=referral.pk).exists(),
        "answers": [
            {"id": each.id, "ask": _both(each.ask), "value": application.answers.get(each.id)}
            for each in told
        ],
        "documents": [
            {"id": each.id, "name": _both(each.name), "files": files.count(each.id)}
            for each in definition.documents
            if each.id in files and (shown is None or each.id in shown)
        ],
        "records": [
            {"id": each.id, "ask": _both(each.ask), "type": each.type}
            for each in (recorded_by(step) if step else ())
        ],
    }


def _both(text: Text) -> dict[str, str]:
    return {"ar": text.ar, "en": text.en}


def _said(request: HttpRequest) -> Answer | None:
    """The answer that was sent; None for a body that is none."""
    try:
        sent = json.loads(request.read(LARGEST + 1))
        conditions = [Text(ar=each["ar"], en=each["en"]) for each in sent.get("conditions", [])]
        records = QueryDict(mutable=True)
        for name, value in sent.get("records", {}).items():
            records.setlist(name, value if isinstance(value, list) and value else [value])
        words = [sent["answer"], sent.get("text", "")]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    said = [*words, *(word for each in conditions for word in (each.ar, each.en))]
    said += [word for name, values in records.lists() for word in (name, *values)]
    if not all(isinstance(word, str) and not is_broken(word) and "\x00" not in word for word in said):
        return None
    return {"answer": words[0], "text": words[1], "conditions": conditions, "records": records}


def _refused(error: RukhsaError) -> HttpResponse:
    """The problem document of a refusal; what is missing of the records is named."""
    told = problem(status_of(error.code), error.code, sentence_for(error))
    if isinstance(error, RecordsIncomplete):
        body = json.loads(told.content)
        body["problems"] = [{"id": each.about, "code": each.code} for each in error.problems]
        told.content = json.dumps(body, ensure_ascii=False)
    return told
