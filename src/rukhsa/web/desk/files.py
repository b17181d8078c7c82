"""Shows the safe copies of files to those who may see them, and the originals on request; every look is journalled."""

from io import BytesIO
from uuid import UUID

from django.core import signing
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.applications import attachments, blobs
from rukhsa.applications.file_check import LARGEST_FILE, BadFile, check_file
from rukhsa.applications.models import Attachment
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import NotPermitted
from rukhsa.files.kind import ending_of, kind_of
from rukhsa.review import reach
from rukhsa.review.models import Inspection, InspectionReport
from rukhsa.web.access import PortalRequest, signed_in

MOST_PHOTOS = 12
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
def attachment(request: PortalRequest, pk: UUID) -> HttpResponseBase:
    """A file of an application, to officers of its authority and to the agencies that were asked about it.

    They see the copy that we wrote: no script, no file within, no place where a picture was taken.
    """
    found = _reached(request, pk)
    record("see-attachment", found, actor=request.actor, at=timezone.now())
    try:
        found = attachments.shown(found)
    except BadFile as bad:  # it came before its kind was refused
        return HttpResponse(str(bad.text), content_type="text/plain; charset=utf-8")
    return answer_stored(found.shown_digest, found.shown_media_type)


@signed_in
@require_GET
@csp_override(LOCKED)
def original(request: PortalRequest, pk: UUID) -> FileResponse:
    """The bytes as they were sent, for officers who need the evidence itself: a download, which the page warns of."""
    found = _reached(request, pk)
    record("see-original", found, actor=request.actor, at=timezone.now())
    response = answer_stored(found.digest, found.media_type, as_attachment=True)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _reached(request: PortalRequest, pk: UUID) -> Attachment:
    if not any(map(request.actor.holds_somewhere, _READERS)):
        raise NotPermitted
    return reach.attachments(request.actor).select_related("application").get(pk=pk)


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
    return answer_stored(digest, _media_type(digest))


def _media_type(digest: str) -> str:
    with blobs.open_file(digest) as file:
        kind = kind_of(file.read(1024))
    return kind.media_type if kind else "application/octet-stream"


def answer_stored(digest: str, media_type: str, *, as_attachment: bool = False) -> FileResponse:
    """A stored file, not cached anywhere, named after its digest and not by the name that the sender chose."""
    name = f"{digest[:16]}.{ending_of(media_type)}"
    content = BytesIO(blobs.fetch(digest))
    response = FileResponse(content, as_attachment=as_attachment, content_type=media_type, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def keep_photos(request: PortalRequest, kept: list[str]) -> list[str]:
    """The digests of the photos sent now, after those kept before. Raises BadFile."""
    uploads = request.FILES.getlist("photos")
    if len(kept) + len(uploads) > MOST_PHOTOS:
        raise BadFile("too-many-files", _("Add at most %(most)s photos.") % {"most": MOST_PHOTOS})
    for upload in uploads:
        content = upload.read(LARGEST_FILE + 1)
        picture, _kind = check_file(content, ("image",)).as_it_is(content)
        kept = [*dict.fromkeys([*kept, blobs.keep(picture)])]
    return kept


def kept_before(request: PortalRequest, *, salt: str) -> list[str]:
    """The digests that the form brings back: a browser cannot be given a file again, so they come signed."""
    kept = []
    for one in request.POST.getlist("kept")[:MOST_PHOTOS]:
        try:
            kept.append(signing.Signer(salt=salt).unsign(one))
        except signing.BadSignature:
            continue
    return kept


def sealed(digests: list[str], *, salt: str) -> list[str]:
    """The digests as the form carries them."""
    return [signing.Signer(salt=salt).sign(digest) for digest in digests]
