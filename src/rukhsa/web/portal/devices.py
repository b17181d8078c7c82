"""Notices on a device: the page's worker, and the turning on and off of this device."""

from pathlib import Path
from typing import Final

from django.contrib.staticfiles import finders
from django.http import HttpResponse, HttpResponseBadRequest
from django.utils import timezone
from django.utils.csp import CSP, build_policy
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.delivery.push_subscription import BadSubscription, subscribe, unsubscribe
from rukhsa.web.access import PortalRequest, requires

_WORKER: Final = "web/push-worker.js"
_FETCHES_NOTHING: Final = build_policy({"default-src": [CSP.NONE]})


@requires(Permission.READ_OWN)
@require_GET
def worker(request: PortalRequest) -> HttpResponse:
    """The service worker that shows notices; its scope is this folder, where no page stands."""
    found = finders.find(_WORKER)
    if found is None:
        raise LookupError(_WORKER)
    response = HttpResponse(Path(found).read_bytes(), content_type="text/javascript; charset=utf-8")
    response.headers[CSP.HEADER_ENFORCE.value] = _FETCHES_NOTHING
    return response


@requires(Permission.READ_OWN)
@require_POST
def turn_on(request: PortalRequest) -> HttpResponse:
    """Keep what the browser says of the device; 400 for what no browser says."""
    try:
        subscribe(request.POST.dict(), actor=request.actor, at=timezone.now())
    except BadSubscription as error:
        return HttpResponseBadRequest(error.code, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


@requires(Permission.READ_OWN)
@require_POST
def turn_off(request: PortalRequest) -> HttpResponse:
    """Forget the device."""
    unsubscribe(request.POST.get("endpoint", ""), actor=request.actor, at=timezone.now())
    return HttpResponse(status=204)
