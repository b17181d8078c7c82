"""Applying again after a refusal or an end, with the answers and files that were given before."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.applications import draft
from rukhsa.applications.draft import ENDED
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal.draft import CAME_FROM
from rukhsa.web.portal.pages import application_of
from rukhsa.web.portal.service import may_apply


def may_apply_again(actor: Actor, application: Application) -> bool:
    """Whether the application came to nothing, and its service is still offered to the actor."""
    if application.stage not in ENDED:
        return False
    version = offered_version(application)
    return version is not None and may_apply(actor, version.definition)


@requires(Permission.APPLY)
@require_POST
def apply_again(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Start a draft with the answers and files of an application that came to nothing, by the rules of today."""
    old = application_of(request, pk)
    version = offered_version(old)
    if version is None or not may_apply_again(request.actor, old):
        return redirect("portal:application", pk)
    language = get_language() or "ar"
    new = draft.apply_again(old, version, actor=request.actor, language=language, at=timezone.now())
    return redirect(f"{reverse('portal:application', args=[new.pk])}?{CAME_FROM}={old.pk}")


def offered_version(application: Application) -> ServiceVersion | None:
    """The version of its service that is offered now."""
    return ServiceVersion.objects.offered().filter(service=application.definition.service).first()
