"""Asks for a fresh proof before the acts that matter most; the form is kept, and takes effect after the proof."""

import json

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows import reauthentication
from allauth.core.internal.httpkit import serialize_request
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from rukhsa.staff.sign_in import is_fresh

SECRETS = frozenset({"password", "current", "new", "code"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def proof_asked(request: HttpRequest, *, to_look: bool = False) -> HttpResponse | None:
    """Where to give a proof, or None: the request changes nothing, or a proof of the last minutes is there.

    A page on which secrets are typed asks before it is looked at: a secret is never kept in a session.
    """
    if (request.method in SAFE and not to_look) or is_fresh(request, at=timezone.now()):
        return None
    first = get_adapter().get_reauthentication_methods(request.user)[0]
    answer: HttpResponse = reauthentication.suspend_request(request, first["url"])
    request.session.pop(reauthentication.STATE_SESSION_KEY, None)
    if request.method == "POST" and not SECRETS & set(request.POST):
        request.session[reauthentication.STATE_SESSION_KEY] = {"request": _kept(request)}
    return answer


def _kept(request: HttpRequest) -> str:
    """The request as allauth takes it up again, without the cookies that came with it."""
    whole = json.loads(serialize_request(request))
    whole["META"].pop("HTTP_COOKIE", None)
    return json.dumps(whole)
