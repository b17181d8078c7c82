"""Help and contact, privacy, and the accessibility statement: pages that anyone may open from the foot of each page."""

import json
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from rukhsa import service_status
from rukhsa.applications.application import DRAFT_LASTS
from rukhsa.applications.models import Application
from rukhsa.catalogue import spoken
from rukhsa.catalogue.territory import territory
from rukhsa.correspondence.conversation import AFTER_THE_END
from rukhsa.personal.retention_rule import rules
from rukhsa.web.access import public
from rukhsa.web.service_words import told

ACCESSIBILITY = Path(__file__).parents[1] / "accessibility.json"


@public
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """How to get on, and whom to ask; with `about` one's own application, the number to give."""
    today = timezone.localdate()
    application = asked_about(request)
    rules = [
        rule
        for rule in territory().authorities
        if application is None or rule.code == application.authority_id
    ]
    context = {
        "application": application,
        "authorities": [(rule.name(on=today), rule.contact) for rule in rules],
        "hours": territory().working_hours,
    }
    return render(request, "portal/help.html", context)


@public
@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, why, and how long, by the rules that the product has."""
    context = {
        "draft_days": DRAFT_LASTS.days,
        "message_days": AFTER_THE_END.days,
        "session_days": settings.SESSION_COOKIE_AGE // 86_400,
        "rules": [(rule.text, spoken.span(rule.keep) if rule.keep else None) for rule in rules().values()],
    }
    return render(request, "portal/privacy.html", context)


@public
@require_GET
def service_state(request: HttpRequest) -> HttpResponse:
    """What of the service works now, since when the rest does not, and what work is planned."""
    at = timezone.now()
    return render(request, "portal/service_state.html", told(service_status.current(at=at), at=at))


@public
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement, from the results of the tests of this version."""
    return render(request, "portal/accessibility.html", {"tested": tested()})


@cache
def tested() -> dict[str, Any]:
    """What `python -m tools accessibility` wrote of the newest run of the tests; empty before the first."""
    known: dict[str, Any] = json.loads(ACCESSIBILITY.read_text()) if ACCESSIBILITY.exists() else {}
    return known


def asked_about(request: HttpRequest) -> Application | None:
    """The reader's own application that the address names."""
    actor = request.actor  # type: ignore[attr-defined]
    try:
        pk = UUID(request.GET.get("about", ""))
    except ValueError:
        return None
    if actor is None:
        return None
    return Application.objects.of_applicant(actor).filter(pk=pk, reference__isnull=False).first()
