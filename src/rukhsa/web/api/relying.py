"""What relying agencies ask by machine: the standing of many documents at once, and what has changed since."""

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from rukhsa.values.writing import is_broken
from rukhsa.verification import lookup
from rukhsa.verification.change_feed import CursorUnreadable, changes_since, watch
from rukhsa.verification.check_count import count_check
from rukhsa.verification.own_verifier import NoTrustList
from rukhsa.verification.relying_key import RelyingKey
from rukhsa.web.access import public
from rukhsa.web.api.keyed import of_agency
from rukhsa.web.edge import problem
from rukhsa.web.intake import takes_bytes

MOST_NUMBERS: Final = 100
LARGEST: Final = 20_000  # bytes of a question


@takes_bytes
@public
@csrf_exempt
@require_POST
@of_agency("bulk")
def standings(request: HttpRequest, key: RelyingKey, at: datetime) -> HttpResponse:
    """The standing of up to 100 documents, each by its number and code; what is found is watched for the agency."""
    asked = _asked(request)
    if asked is None:
        return problem(HTTPStatus.BAD_REQUEST, "bad-request")
    try:
        answers = [_standing(number, code, at) for number, code in asked]
    except NoTrustList:
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, "busy")
    watch(key.agency_id, (each["number"] for each in answers if each["is_watched"]), at=at)
    return JsonResponse({"at": at.isoformat(), "standings": answers})


@public
@csrf_exempt
@require_GET
@of_agency("feed")
def changes(request: HttpRequest, key: RelyingKey, at: datetime) -> HttpResponse:
    """What happened to the documents that the agency asked about, after the cursor in `after`."""
    try:
        feed = changes_since(key.agency_id, request.GET.get("after", "")[:200], at=at)
    except CursorUnreadable as unreadable:
        return problem(HTTPStatus.BAD_REQUEST, unreadable.code)
    return JsonResponse(feed.as_json)


def _asked(request: HttpRequest) -> list[tuple[str, str]] | None:
    """The numbers with their codes; None for a body that is no such list."""
    try:
        rows = json.loads(request.read(LARGEST + 1))["documents"]
        asked = [(row["number"], row["code"]) for row in rows]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    said = [word for pair in asked for word in pair]
    if not 1 <= len(asked) <= MOST_NUMBERS or not all(isinstance(word, str) for word in said):
        return None
    return None if any(map(is_broken, said)) else asked


def _standing(number: str, code: str, at: datetime) -> dict[str, Any]:
    """The verdict on one document; a null word where there is none with this number and code."""
    try:
        verdict = lookup.by_number(number, code, at=at)
    except lookup.NoSuchDocument:
        return {
            "number": number,
            "word": None,
            "reason": "no-such-document",
            "expires_at": None,
            "is_watched": False,
        }
    count_check(verdict, "number", at=at)
    claims = verdict.claims
    ends = claims.expires_at if claims else None
    return {
        "number": claims.instrument if claims else number,
        "word": verdict.word,
        "reason": verdict.reason,
        "expires_at": datetime.fromtimestamp(ends, UTC).isoformat() if ends else None,
        "is_watched": claims is not None,
    }
