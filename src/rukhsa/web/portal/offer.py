"""The page of a service: what it costs, what is needed, how long it takes, who decides; then start."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.models import PersonKind
from rukhsa.accounts.permissions import Permission
from rukhsa.applications import draft
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue import spoken
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.web.access import PortalRequest, public, requires
from rukhsa.web.portal.offered import limits_of
from rukhsa.web.portal.outlook import outlook
from rukhsa.web.portal.prices import prices


@public
@require_GET
def show(request: HttpRequest, service: str) -> HttpResponse:
    """Everything that somebody wants to know before the first question."""
    definition = current(service).definition
    context = {
        "definition": definition,
        "prices": prices(definition),
        "limits": limits_of(definition, on=timezone.localdate()),
        "documents": [(each, spoken.condition(definition, each.when)) for each in definition.documents],
        "outlook": outlook(definition, today=timezone.localdate()),
        "may_apply": may_apply(request.actor, definition),  # type: ignore[attr-defined]
    }
    return render(request, "portal/service.html", context)


@requires(Permission.APPLY)
@require_POST
def start(request: PortalRequest, service: str) -> HttpResponse:
    """Begin an application and ask the first question."""
    version = current(service)
    if not may_apply(request.actor, version.definition):
        # The page of the service says for whom it is.
        return redirect("portal:service", service)
    language = get_language() or "ar"
    application = draft.start(version, actor=request.actor, language=language, at=timezone.now())
    return redirect("portal:section", application.pk, application.definition.sections[0].id)


def may_apply(actor: Actor | None, definition: Definition) -> bool:
    """Whether the service is for people like the actor; a stranger may be anyone."""
    if actor is None:
        return True
    kind = PersonKind.INVESTOR if actor.company else actor.person.kind
    return kind in definition.applicants


def current(service: str) -> ServiceVersion:
    """The version of a service that is offered now; raise `ServiceVersion.DoesNotExist`."""
    return ServiceVersion.objects.offered().get(service=service)
