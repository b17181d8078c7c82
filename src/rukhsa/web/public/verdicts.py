"""Verdicts for other systems: a question as JSON or as a file, the whole verdict as JSON."""

import json
from datetime import datetime
from http import HTTPStatus
from io import BytesIO
from typing import Any, Final

from django.http import HttpRequest, JsonResponse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from rukhsa.accounts.client import client_address
from rukhsa.errors import RukhsaError
from rukhsa.trust import policy
from rukhsa.trust.errors import Unread
from rukhsa.trust.policy import Policy
from rukhsa.trust.verdict import to_json
from rukhsa.verification import lookup, own_verifier, rate, upload
from rukhsa.verification.check_count import count_check
from rukhsa.verification.outage import DatabaseAway, outage
from rukhsa.verification.rate import TooMany
from rukhsa.web.access import public
from rukhsa.web.edge import problem
from rukhsa.web.sentences import status_of

_LONGEST_QUESTION: Final = 64 * 1024  # bytes of JSON
_FILES: Final = ("application/pdf", "image/", "application/cwt", "application/octet-stream")
_ASK: Final = (
    'Ask {"text": …}, with what you have of "proof", "policy", "purpose" and "minimum_version",'
    ' or {"number": …, "code": …}.'
)
_TEXTS: Final = {"text", "proof", "purpose", "number", "code"}


class BadQuestion(RukhsaError):
    """A malformed question; `code` says why, `detail` what to do."""

    def __init__(self, code: str, status: HTTPStatus, detail: str) -> None:
        super().__init__(code)
        self.code, self.status, self.detail = code, status, detail


@public
@csrf_exempt
@require_POST
def verdict(request: HttpRequest) -> JsonResponse:
    """The verdict on the text of a QR, a number with its code, or a file; nothing is stored.

    There is no session and nothing changes, so requests from other sites do no harm (no CSRF token).
    """
    with translation.override("en"):  # a problem document is for engineers, in English
        return _answered(request)


def _answered(request: HttpRequest) -> JsonResponse:
    try:
        return _as_json(_answer(request))
    except BadQuestion as refused:
        return problem(refused.status, refused.code, refused.detail)
    except TooMany as refused:
        return problem(HTTPStatus.TOO_MANY_REQUESTS, refused.code, "Wait a minute and ask again.")
    except lookup.NoSuchDocument as refused:
        return problem(HTTPStatus.NOT_FOUND, refused.code, "No document has this number with this code.")
    except Unread as refused:
        answer = problem(status_of(refused.code), refused.code)
        if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            answer.headers["Retry-After"] = "60"
        return answer
    except upload.NothingToVerify as refused:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, refused.code, "No code was found in the picture.")
    except DatabaseAway as away:
        answer = problem(
            status_of(away.code), away.code, "Ask again in a minute, or ask with the text of the QR."
        )
        answer.headers["Retry-After"] = "60"
        return answer
    except own_verifier.NoTrustList as refused:
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, refused.code, "Nothing is published here yet.")


def _answer(request: HttpRequest) -> dict[str, Any]:
    if request.content_type == "application/json":
        return _on_question(request, _question(request))
    if (request.content_type or "").startswith(_FILES):
        return _on_file(request)
    raise BadQuestion(
        "unknown-media-type",
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "Send application/json, application/pdf, application/cwt or a picture.",
    )


def _on_question(request: HttpRequest, asked: dict[str, Any]) -> dict[str, Any]:
    now = timezone.now()
    if asked.keys() <= {"number", "code"} and "number" in asked:
        rate.count(client_address(request), "number", at=now)
        number, code = asked["number"], asked.get("code", "")
        return _on_number(number, code, at=now)
    if "text" not in asked or asked.keys() & {"number", "code"}:
        raise BadQuestion("bad-question", HTTPStatus.BAD_REQUEST, _ASK)
    rate.count(client_address(request), "text", at=now)
    seen = asked.get("minimum_version", 0)
    verifier = own_verifier.verifier(policy=_policy(asked.get("policy")), minimum_version=seen)
    verdict = verifier.verify_text(
        asked["text"], at=now, purpose=asked.get("purpose"), proof=asked.get("proof")
    )
    count_check(verdict, "text", at=now)
    return to_json(verdict)


def _on_number(number: str, code: str, *, at: datetime) -> dict[str, Any]:
    """The verdict, and what only the register knows: the text of the QR, the conditions, and the successor."""
    verdict = outage.ask(lambda: lookup.by_number(number, code, at=at))
    count_check(verdict, "number", at=at)
    after = lookup.successor_by_number(number, code) if verdict.word == "superseded" else None
    return to_json(verdict) | {
        "text": lookup.text_by_number(number, code),
        "conditions": [{"ar": each.ar, "en": each.en} for each in lookup.conditions_by_number(number, code)],
        "successor": after
        and {
            "number": after.instrument.number,
            "version": after.instrument.version,
            "closes": after.closes,
            "on": after.on.isoformat(),
        },
    }


def _on_file(request: HttpRequest) -> dict[str, Any]:
    body = _body(request, upload.MAXIMUM_SIZE)
    now = timezone.now()
    with rate.count_cost(client_address(request), "file", at=now):
        verdict = upload.verify_file(BytesIO(body), at=now)
    count_check(verdict, "file", at=now)
    return to_json(verdict)


def _question(request: HttpRequest) -> dict[str, Any]:
    """A JSON object of known names, with texts as values except for policy and version."""
    try:
        asked = json.loads(_body(request, _LONGEST_QUESTION))
    except (ValueError, RecursionError) as error:
        raise BadQuestion("not-json", HTTPStatus.BAD_REQUEST, "The body is not JSON.") from error
    if not isinstance(asked, dict) or asked.keys() - _TEXTS - {"policy", "minimum_version"}:
        raise BadQuestion("bad-question", HTTPStatus.BAD_REQUEST, _ASK)
    is_text = all(isinstance(asked[name], str) for name in asked.keys() & _TEXTS)
    if not is_text or type(asked.get("minimum_version", 0)) is not int:
        raise BadQuestion("bad-question", HTTPStatus.BAD_REQUEST, _ASK)
    return asked


def _policy(asked: Any) -> Policy | None:
    if asked is None:
        return None
    try:
        return policy.from_json(asked)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadQuestion(
            "bad-policy", HTTPStatus.BAD_REQUEST, "Write the policy as docs/formats/trust-list.md says."
        ) from error


def _body(request: HttpRequest, limit: int) -> bytes:
    """The body, refused before reading if it declares more than `limit` bytes."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    if not said.isdigit() or int(said) > limit:
        raise BadQuestion("too-large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"At most {limit} bytes.")
    return request.read(limit + 1)


def _as_json(answer: dict[str, Any]) -> JsonResponse:
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = "no-store"
    return response
