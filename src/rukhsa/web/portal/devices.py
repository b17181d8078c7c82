"""Notices on a device: the page's worker, the turning on and off of this device, and what a telephone installs."""

import json
from pathlib import Path
from typing import Final

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP, build_policy
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from rukhsa.accounts.permissions import Permission
from rukhsa.delivery.push_subscription import BadSubscription, subscribe, unsubscribe
from rukhsa.web.access import PortalRequest, public, requires
from rukhsa.web.icon import ICONS, draw_icon
from rukhsa.web.templatetags.theme import colour

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


@public
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a telephone puts on its home screen (W3C Web Application Manifest). iOS shows notices of no other site."""
    home, language = reverse("portal:first"), get_language() or "ar"
    told = {
        "name": _("Municipal licences"),
        "short_name": pgettext("home screen", "Licences"),
        "id": home,
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "lang": language,
        "dir": "rtl" if language == "ar" else "ltr",
        "background_color": colour("paper"),
        "theme_color": colour("authority"),
        "icons": [
            {
                "src": reverse("portal:icon", args=[kind]),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": "maskable" if kind.startswith("maskable") else "any",
            }
            for kind, (size, _part) in ICONS.items()
        ],
    }
    return HttpResponse(json.dumps(told, ensure_ascii=False), content_type="application/manifest+json")


@public
@require_safe
def icon(request: HttpRequest, kind: str) -> HttpResponse:
    """One of the icons."""
    if kind not in ICONS:
        raise Http404
    response = HttpResponse(draw_icon(kind), content_type="image/png")
    response["Cache-Control"] = "public, max-age=86400"
    return response
