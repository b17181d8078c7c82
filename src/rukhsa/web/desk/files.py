"""Shows files in the page of those who may see them; every look is a journal entry."""

from io import BytesIO
from uuid import UUID

from django.http import FileResponse, Http404
from django.utils import timezone
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.applications import blobs
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import NotPermitted
from rukhsa.reader.kinds import KINDS
from rukhsa.review import reach
from rukhsa.review.models import Inspection, InspectionReport
from rukhsa.web.access import PortalRequest, signed_in

# A file of somebody else's making runs nothing and fetches nothing. The browser's own reader of PDF is drawn
# with inline style inside an embedded object.
LOCKED = {
    "default-src": [CSP.NONE],
    "img-src": [CSP.SELF],
    "object-src": [CSP.SELF],
    "style-src": [CSP.UNSAFE_INLINE],
    "frame-ancestors": [CSP.SELF],
}
_READERS = (Permission.READ_QUEUE, Permission.ANSWER_REFERRAL, Permission.VOTE)


@signed_in
@require_GET
@csp_override(LOCKED)
def attachment(request: PortalRequest, pk: UUID) -> FileResponse:
    """A file of an application, to officers of its authority and to the agencies that were asked about it."""
    if not any(map(request.actor.holds_somewhere, _READERS)):
        raise NotPermitted
    found = reach.attachments(request.actor).select_related("application").get(pk=pk)
    record("see-attachment", found, actor=request.actor, at=timezone.now())
    return answer_stored(found.digest, found.media_type, found.name)


@signed_in
@require_GET
@csp_override(LOCKED)
def photo(request: PortalRequest, report: int, digest: str) -> FileResponse:
    """A picture that an inspector took."""
    request.actor.require_somewhere(Permission.READ_QUEUE)
    visible = Inspection.objects.on_which(request.actor, Permission.READ_QUEUE)
    reports = InspectionReport.objects.select_related("inspection__application")
    found = reports.get(pk=report, inspection__in=visible)
    if digest not in found.photos:
        raise Http404
    record("see-photo", found, actor=request.actor, at=timezone.now())
    return answer_with(digest)


def answer_with(digest: str) -> FileResponse:
    """A picture that was kept under its digest."""
    return answer_stored(digest, _media_type(digest), "photo")


def _media_type(digest: str) -> str:
    with blobs.open_file(digest) as file:
        beginning = file.read(16)
    return next(kind.media_type for kind in KINDS if beginning.startswith(kind.beginning))


def answer_stored(digest: str, media_type: str, name: str) -> FileResponse:
    """A stored file, to be shown in the page and kept by nobody on the way."""
    response = FileResponse(BytesIO(blobs.fetch(digest)), content_type=media_type, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
