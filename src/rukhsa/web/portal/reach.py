"""Reaches what an applicant may see; what is absent and what is another's look alike."""

from uuid import UUID

from rukhsa.applications.models import Application
from rukhsa.web.access import PortalRequest

_NEEDED = ("service_version", "authority", "company", "applicant")
# Long, and known to the process: the definition is read once.
_KNOWN = ("service_version__source_text", "service_version__meaning")


def application_of(request: PortalRequest, pk: UUID) -> Application:
    """The application, if it is the actor's; raise `Application.DoesNotExist`."""
    reached = Application.objects.of_applicant(request.actor).select_related(*_NEEDED)
    return reached.defer(*_KNOWN).get(pk=pk)
