"""What the system of an agency sends by machine: the files of an answer, the answer, and that more time is needed."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.core import signing
from django.core.files.base import ContentFile
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from rukhsa.applications.file_check import LARGEST_FILE
from rukhsa.applications.taken import Taken, take, taken_again
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.steps import recorded_by
from rukhsa.review.errors import ReviewError
from rukhsa.review.more_time import ask_for_more
from rukhsa.review.referral import Referral, answer, require_open, step_of
from rukhsa.values.names import Text
from rukhsa.values.writing import is_broken
from rukhsa.verification.relying_key import RelyingKey
from rukhsa.web.access import public
from rukhsa.web.api.agency_questions import reached
from rukhsa.web.api.keyed import by_its_maker, of_agency
from rukhsa.web.edge import problem
from rukhsa.web.fields import typed_in
from rukhsa.web.intake import takes_bytes

LARGEST: Final = 50_000  # bytes of an answer
KEPT: Final = timedelta(days=1)  # how long a file that was sent can be named in an answer
_LONGEST_NAME: Final = 200


class FileUnknown(ReviewError):
    """An answer names a file that was not sent for this question within the last day."""

    code = "file-unknown"
    text = _("One of the files was not sent for this question in the last 24 hours. Send it again.")


@takes_bytes
@public
@csrf_exempt
@require_POST
@of_agency("question")
@by_its_maker
def add_file(request: HttpRequest, actor: Actor, key: RelyingKey, at: datetime, *, pk: UUID) -> HttpResponse:
    """Check a file, as its bytes, that is to be sent with the answer; the answer names it by what this returns."""
    referral, name = reached(actor, pk), request.GET.get("name", "")
    if not name.strip() or len(name) > _LONGEST_NAME or is_broken(name):
        return problem(HTTPStatus.BAD_REQUEST, "bad-request")
    require_open(referral, actor)
    taken = take(ContentFile(request.read(LARGEST_FILE + 1), name=name))
    told = {"name": taken.name, "media_type": taken.media_type, "size": taken.size, "sha256": taken.digest}
    return JsonResponse({"file": signing.dumps(asdict(taken), salt=_salt(referral))} | told)


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
    referral, said = reached(actor, pk), _said(request)
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
        files=_named(said["files"], referral),
        key=str(key.pk),
        actor=actor,
        at=at,
    )
    return JsonResponse({"id": str(referral.pk), "answer": given.answer, "at": given.at.isoformat()})


@takes_bytes
@public
@csrf_exempt
@require_POST
@of_agency("question")
@by_its_maker
def take_more_time(
    request: HttpRequest, actor: Actor, key: RelyingKey, at: datetime, *, pk: UUID
) -> HttpResponse:
    """Move the day of the answer, once, with a reason; the same again changes nothing."""
    referral = reached(actor, pk)
    try:
        sent = _sent(request)
        until, reason = date.fromisoformat(sent["until"]), sent["reason"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return problem(HTTPStatus.BAD_REQUEST, "bad-request")
    if not _are_whole([reason]):
        return problem(HTTPStatus.BAD_REQUEST, "bad-request")
    given = ask_for_more(referral, until, reason, key=str(key.pk), actor=actor, at=at)
    return JsonResponse({"id": str(referral.pk), "due_at": given.due_at.astimezone(UTC).isoformat()})


def _named(files: Iterable[str], referral: Referral) -> list[Taken]:
    """The files that an answer names, each once. Raises FileUnknown."""
    try:
        named = [signing.loads(each, salt=_salt(referral), max_age=KEPT) for each in files]
    except signing.BadSignature:
        raise FileUnknown from None
    return list({each["digest"]: taken_again(each) for each in named}.values())


def _salt(referral: Referral) -> str:
    return f"answer.file:{referral.pk}"


def _said(request: HttpRequest) -> dict[str, Any] | None:
    """The answer that was sent; None for a body that is none."""
    try:
        sent = _sent(request)
        conditions = [Text(ar=each["ar"], en=each["en"]) for each in sent.get("conditions", [])]
        records = QueryDict(mutable=True)
        for name, value in sent.get("records", {}).items():
            records.setlist(name, value if isinstance(value, list) and value else [value])
        words, files = [sent["answer"], sent.get("text", "")], sent.get("files", [])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    said = [*words, *(word for each in conditions for word in (each.ar, each.en))]
    said += [word for name, values in records.lists() for word in (name, *values)]
    if not isinstance(files, list) or not _are_whole([*said, *files]):
        return None
    return {
        "answer": words[0],
        "text": words[1],
        "conditions": conditions,
        "records": records,
        "files": files,
    }


def _sent(request: HttpRequest) -> Any:
    return json.loads(request.read(LARGEST + 1))


def _are_whole(words: Iterable[object]) -> bool:
    return all(isinstance(word, str) and not is_broken(word) for word in words)
