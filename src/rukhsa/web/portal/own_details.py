"""A person's own details: what eKey told and when, the companies, the language, and places used before."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.earlier import EarlierAnswer, answers_before
from rukhsa.delivery.push_key import push_key
from rukhsa.places.block import blocks_asked_once
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal.notices import chosen_by
from rukhsa.web.shown import in_words


@dataclass(frozen=True, kw_only=True)
class PlaceShown:
    """An address or a parcel in words, with the application in which it was used last."""

    words: SafeString | str
    used: EarlierAnswer


@requires(Permission.APPLY)
@never_cache
@require_GET
@blocks_asked_once()
def show(request: PortalRequest) -> HttpResponse:
    """Everything that we know of the person who signed in, and where it comes from."""
    person = request.actor.person
    held = person.representations.in_force(at=timezone.now()).select_related("company")
    context = {
        "person": person,
        "companies": held.order_by("company__registration"),
        "notices": chosen_by(person),
        "push_key": key.shown if (key := push_key()) else "",
        "languages": settings.LANGUAGES,
        "places": [
            PlaceShown(words=in_words(each.question, each.value), used=each)
            for each in answers_before(request.actor)
            if each.question.is_place
        ],
    }
    return render(request, "portal/own_details.html", context)
