"""A fresh second factor before what matters most; what was typed is kept, and done after the proof."""

import json
from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows import reauthentication
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal.httpkit import serialize_request
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

FRESH = timedelta(minutes=5)
# Recovery codes are for the day on which a factor was lost: they open the desk, and prove nothing fresh.
PROOFS = frozenset({"totp", "webauthn"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def proof_asked(request: HttpRequest) -> HttpResponse | None:
    """Where to give a proof, or None: the request changes nothing, or a proof of the last minutes is there."""
    if request.method in SAFE or is_fresh(request, at=timezone.now()):
        return None
    first = get_adapter().get_reauthentication_methods(request.user)[0]
    answer: HttpResponse = reauthentication.suspend_request(request, first["url"])
    if request.method == "POST":
        request.session[reauthentication.STATE_SESSION_KEY] = {"request": _kept(request)}
    return answer


def is_fresh(request: HttpRequest, *, at: datetime) -> bool:
    """Whether the person of the session used a passkey or a one-time code in the last minutes."""
    records = get_authentication_records(request, request.user)
    proved = [each["at"] for each in records if each["method"] == "mfa" and each.get("type") in PROOFS]
    return any(0 <= at.timestamp() - moment < FRESH.total_seconds() for moment in proved)


def _kept(request: HttpRequest) -> str:
    """The request as allauth takes it up again, without the cookies that came with it."""
    whole = json.loads(serialize_request(request))
    whole["META"].pop("HTTP_COOKIE", None)
    return json.dumps(whole)
