"""Reaches what an applicant may see; what is absent and what is another's look alike."""

from uuid import UUID

from rukhsa.applications.models import Application
from rukhsa.web.access import PortalRequest

_NEEDED = ("service_version", "authority", "company", "applicant")


def application_of(request: PortalRequest, pk: UUID) -> Application:
    """The application, if it is the actor's; raise `Application.DoesNotExist`."""
    return Application.objects.visible_to(request.actor).select_related(*_NEEDED).get(pk=pk)
