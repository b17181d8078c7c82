"""What the system of an agency reads by machine: the questions that were put to the agency, one by one."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.stages import OPEN_STAGES
from rukhsa.applications.submitted import submitted
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.definition import asked
from rukhsa.catalogue.steps import recorded_by
from rukhsa.review.more_time import last_day_for
from rukhsa.review.queue import WaitingReferral
from rukhsa.review.referral import Referral, step_of
from rukhsa.values.names import Text
from rukhsa.verification.relying_key import RelyingKey
from rukhsa.web.access import public
from rukhsa.web.api.keyed import by_its_maker, of_agency

MOST: Final = 100  # questions of a list

type Answer = dict[str, Any]


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
    referral = reached(actor, pk)
    record("see-referral", referral, actor=actor, at=at, key=str(key.pk))
    return JsonResponse(_in_short(request, referral) | _whole(referral, at))


def reached(actor: Actor, pk: UUID) -> Referral:
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


def _whole(referral: Referral, at: datetime) -> Answer:
    """What the page of the question shows, but the files, which are opened there."""
    held = submitted(referral.application)
    application, step = held.application, step_of(referral.application, referral)
    definition = application.definition
    told = [each for each in asked(definition, application.answers) if not each.is_private]
    shown = referral.shown_documents
    files = [each.document for each in held.files]
    return {
        "service": definition.service,
        "more_time_until": _last_day(referral, at),
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


def _last_day(referral: Referral, at: datetime) -> str | None:
    """The last day until which the agency can take more time; None where it can take none."""
    last = last_day_for(referral, at=at)
    return last.isoformat() if last else None


def _both(text: Text) -> dict[str, str]:
    return {"ar": text.ar, "en": text.en}
