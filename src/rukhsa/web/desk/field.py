"""The round on a device: an installed page that works without a network, what it loads, and what it sends."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP, build_policy
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.file_check import LARGEST_FILE
from rukhsa.review.appointment import standing_appointments
from rukhsa.review.inspection import Inspection, step_of
from rukhsa.rounds.field_photo import FieldPhoto, Taken, keep_photo
from rukhsa.rounds.field_report import FieldReport, Sent, receive
from rukhsa.rounds.round import Round, Stop
from rukhsa.web import field_device
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.case import typed_for
from rukhsa.web.desk.inspections import SELDOM_READ, shown
from rukhsa.web.templatetags.texts import clock, text, weekday
from rukhsa.web.templatetags.theme import colour

SCRIPTS: Final = ("round", "store", "visit", "sync", "signature")
_WORKER: Final = "desk/field/worker.js"
_WHAT_IS_KEPT: Final = "/* what is kept */"
_MAY_FETCH: Final = build_policy({"default-src": [CSP.NONE], "connect-src": [CSP.SELF]})
DAYS_AHEAD: Final = 1  # a round may be loaded on the evening before


@requires(Permission.INSPECT)
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """The page itself: the same for every inspector, since a device keeps it; what is personal is loaded apart."""
    return HttpResponse(_page())


@requires(Permission.INSPECT)
@require_GET
def worker(request: PortalRequest) -> HttpResponse:
    """The service worker, which keeps the page and its files; its scope is this page alone."""
    files = [static(name) for name in _files()]
    version = hashlib.sha256(_page().encode() + b"".join(_content(name) for name in _files())).hexdigest()
    kept = {
        "version": version[:16],
        "page": reverse("desk:field"),
        "files": files,
        "static": settings.STATIC_URL,
    }
    script = _content(_WORKER).decode().replace(_WHAT_IS_KEPT, json.dumps(kept), 1)
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response.headers[CSP.HEADER_ENFORCE.value] = _MAY_FETCH
    return response


@requires(Permission.INSPECT)
@require_GET
def manifest(request: PortalRequest) -> HttpResponse:
    """What a telephone installs (W3C Web Application Manifest)."""
    home = reverse("desk:field")
    told = {
        **{"name": _("My round"), "short_name": _("My round"), "id": home, "start_url": home, "scope": home},
        **{
            "display": "standalone",
            "lang": get_language(),
            "dir": "rtl" if get_language() == "ar" else "ltr",
        },
        **{"background_color": colour("paper"), "theme_color": colour("authority")},
        "icons": [{"src": static("web/mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return HttpResponse(json.dumps(told, ensure_ascii=False), content_type="application/manifest+json")


@requires(Permission.INSPECT)
@require_GET
def load(request: PortalRequest) -> HttpResponse:
    """The rounds of this inspector from today on, in a few lines each, and a token for the forms of the device."""
    at = timezone.now()
    today = timezone.localdate(at)
    rounds = Round.objects.on_which(request.actor, Permission.INSPECT).filter(
        inspector=request.actor.person, day__range=(today, today + timedelta(days=DAYS_AHEAD))
    )
    told = {
        "owner": field_device.owner_of(request.actor.person),
        "csrf": get_token(request),
        "rounds": [_round(each, at) for each in rounds.order_by("day", "pk")],
    }
    response = JsonResponse(told)
    field_device.bind(response, request.actor.person)
    return response


@requires(Permission.INSPECT)
@require_POST
def take_photo(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Keep a picture of a visit that a device sends; the same key again changes nothing."""
    visit = Inspection.objects.on_which(request.actor, Permission.INSPECT).get(pk=pk)
    upload = request.FILES.get("file")
    key = _key(request.POST.get("key", ""))
    if upload is None or key is None:
        return HttpResponse(status=422)
    field_device.require_owner(request)
    taken = Taken(
        key=key,
        of=FieldPhoto.Of.SIGNATURE if request.POST.get("of") == "signature" else FieldPhoto.Of.SITE,
        content=upload.read(LARGEST_FILE + 1),
        at=_moment(request.POST.get("at", "")),
        spot=_spot(request.POST),
    )
    photo = keep_photo(visit.pk, taken, actor=request.actor, at=timezone.now())
    return JsonResponse({"key": str(photo.pk)})


@requires(Permission.INSPECT)
@require_POST
def take_report(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Take a report that a device sends: as the visit's report, or in conflict; the same key again changes nothing."""
    key, at = _key(request.POST.get("key", "")), timezone.now()
    visits = Inspection.objects.on_which(request.actor, Permission.INSPECT)
    visit = visits.select_related("application__service_version").get(pk=pk)
    if key is None:
        return HttpResponse(status=422)
    field_device.require_owner(request)
    marked = {point["id"]: request.POST.get(f"point-{point['id']}", "") for point in visit.checklist}
    seen, made_at = request.POST.get("seen", ""), _moment(request.POST.get("made_at", ""))
    sent = Sent(
        key=key,
        passed=request.POST.get("passed") == "yes",
        points={point: mark == "yes" for point, mark in marked.items() if mark in {"yes", "no"}},
        text=request.POST.get("text", "")[:4000],
        records=typed_for(request.POST, step_of(visit.application, visit)),
        photos=[each for typed in request.POST.getlist("photo")[:40] if (each := _key(typed))],
        present=request.POST.get("present", ""),
        signature=_key(request.POST.get("signature", "")),
        seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else None,
        made_at=min(made_at or at, at),
    )
    kept = receive(pk, sent, actor=request.actor, at=at)
    return JsonResponse({"state": "conflict" if kept.conflict else "taken", "text": _told(kept)})


def _told(kept: FieldReport) -> str:
    if not kept.conflict:
        return _("Received.")
    return _("%(why)s Your report is kept, and a supervisor decides.") % {"why": kept.why}


def _page() -> str:
    """The page in the language of the request, without anything that differs by person or session."""
    addresses = {
        "worker": reverse("desk:field-worker"),
        "round": reverse("desk:field-round"),
        "visit": reverse("desk:field-visit", args=[UUID(int=0)]),
        "photo": reverse("desk:field-photo", args=[UUID(int=0)]),
        "report": reverse("desk:field-report", args=[UUID(int=0)]),
        "signIn": f"{reverse('account_login')}?next={reverse('desk:field')}",
        "owner": field_device.OWNER,
        "kept": field_device.KEPT,
    }
    context = {"addresses": addresses, "language": get_language(), "is_rtl": get_language() == "ar"}
    return render_to_string("desk/field.html", context)


def _files() -> Iterator[str]:
    yield from ("look/pages.css", "web/portal.css", "desk/desk.css", "web/mark.svg")
    yield from (f"desk/field/{name}.js" for name in SCRIPTS)


def _content(name: str) -> bytes:
    found = finders.find(name)
    if found is None:
        raise LookupError(name)
    return Path(found).read_bytes()


def _round(planned: Round, at: datetime) -> Mapping[str, Any]:
    stops = Stop.objects.of(planned).select_related("inspection__application__service_version")
    stops = stops.defer(*(f"inspection__{name}" for name in SELDOM_READ))
    visits = [each.inspection for each in stops.prefetch_related("inspection__reports")]
    fixed = standing_appointments(visits)
    over = timezone.make_aware(datetime.combine(planned.day + timedelta(days=1), time()))
    return {
        "day": weekday(planned.day),
        "until": int(over.timestamp() * 1000),
        "visits": [
            {
                "id": str(each.inspection.pk),
                "title": " · ".join(str(place.answer) for place in each.places) or text(each.service),
                "service": text(each.service),
                "reference": each.inspection.application.reference,
                "fixed": clock(fixed[each.inspection.pk].time.starts_at)
                if each.inspection.pk in fixed
                else "",
                "seen": newest.pk if (newest := each.inspection.newest_report) else "",
                "done": bool(newest and newest.passed),
            }
            for each in shown(visits, at=at)
        ],
    }


def _key(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _moment(typed: str) -> datetime | None:
    """A moment that a device gave (RFC 3339); one without a zone is none."""
    try:
        moment = datetime.fromisoformat(typed[:40])
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _spot(posted: Mapping[str, str]) -> tuple[float, float, float] | None:
    """Longitude, latitude and accuracy in metres, where the device gave all three and they are on earth."""
    try:
        longitude, latitude, accuracy = (
            float(posted[name]) for name in ("longitude", "latitude", "accuracy")
        )
    except (KeyError, ValueError):
        return None
    is_sound = abs(longitude) <= 180 and abs(latitude) <= 90 and 0 <= accuracy < 1e6
    return (longitude, latitude, accuracy) if is_sound else None
