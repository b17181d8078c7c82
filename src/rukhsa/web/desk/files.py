"""Files on the desk: safe copies, originals on request, photos of inspections and uploads; every view is recorded."""

from io import BytesIO
from uuid import UUID

from django.core import signing
from django.db.models import Model
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.translation import ngettext
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.applications import blobs
from rukhsa.applications.attachment import with_safe_copy
from rukhsa.applications.file_check import LARGEST_FILE, BadFile
from rukhsa.applications.models import Attachment
from rukhsa.applications.picture import keep_picture
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import NotPermitted
from rukhsa.files.kind import ending_of, kind_of
from rukhsa.personal.purpose import require_purpose
from rukhsa.review import participant
from rukhsa.review.inspection import Inspection, InspectionReport
from rukhsa.review.shown_file import attachments
from rukhsa.rounds.field_report import FieldReport
from rukhsa.web.access import PortalRequest, requires, signed_in
from rukhsa.web.printout import NEEDED, sent_as_pdf
from rukhsa.web.shown_picture import answer_copy

MOST_PHOTOS = 12
ORIGINAL = "original"  # in the address of a picture: as it was sent
# A stranger's file runs nothing and fetches nothing. The browser's own PDF viewer is drawn
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
    """The safe copy of an application's file, for its authority's officers and the agencies consulted.

    The copy was written by us: no script, no embedded file, no location of a photo.
    """
    found = reached(request, pk)
    record("see-attachment", found, actor=request.actor, at=timezone.now())
    try:
        found = with_safe_copy(found)
    except BadFile as bad:  # it was sent before its type was refused
        return HttpResponse(str(bad.text), content_type="text/plain; charset=utf-8")
    return answer_stored(found.shown_digest, found.shown_media_type)


@signed_in
@require_GET
@csp_override(LOCKED)
def original(request: PortalRequest, pk: UUID) -> FileResponse:
    """The file as it was sent, for officers who need it as evidence: a download, with a warning on the page."""
    found = reached(request, pk)
    record("see-original", found, actor=request.actor, at=timezone.now())
    return answer_original(found.digest, found.media_type)


@requires(Permission.READ_QUEUE)
@require_GET
def printout(request: PortalRequest, pk: UUID) -> FileResponse:
    """The whole application as a PDF, as its applicant sees it; without amounts for officers who see none."""
    at = timezone.now()
    application = participant.applications(request.actor).select_related(*NEEDED).get(pk=pk)
    require_purpose(application, request.actor, at=at)
    record("print-application", application, actor=request.actor, at=at)
    sees_money = request.actor.holds(Permission.READ_MONEY, at=application.scope)
    return sent_as_pdf(application, at=at, with_money=sees_money)


def reached(request: PortalRequest, pk: UUID) -> Attachment:
    """The file, for those who may open it; raises NotPermitted, DoesNotExist."""
    if not any(map(request.actor.holds_somewhere, _READERS)):
        raise NotPermitted
    found = attachments(request.actor).select_related("application__queue_entry").get(pk=pk)
    require_purpose(found.application, request.actor, at=timezone.now())
    return found


@signed_in
@require_GET
@csp_override(LOCKED)
def photo(request: PortalRequest, report: int, digest: str) -> HttpResponseBase:
    """A picture that an inspector took."""
    request.actor.require_somewhere(Permission.READ_QUEUE)
    visible = Inspection.objects.on_which(request.actor, Permission.READ_QUEUE)
    reports = InspectionReport.objects.select_related("inspection__application__queue_entry")
    found = reports.get(pk=report, inspection__in=visible)
    if digest not in (*found.photos, found.signature):
        raise Http404
    require_purpose(found.inspection.application, request.actor, at=timezone.now())
    if original := found.taken.get(digest, {}).get("original"):
        return answer_picture(request, found, original, shown=digest)
    return answer_picture(request, found, digest, shown=digest if digest == found.signature else "")


@signed_in
@require_GET
@csp_override(LOCKED)
def field_photo(request: PortalRequest, pk: UUID, digest: str) -> HttpResponseBase:
    """A picture of a report from the field that is in conflict."""
    request.actor.require_somewhere(Permission.SETTLE_REPORT)
    found = FieldReport.objects.on_which(request.actor, Permission.SETTLE_REPORT).get(pk=pk)
    if digest not in found.content.photos:
        raise Http404
    require_purpose(found.inspection.application, request.actor, at=timezone.now())
    taken = found.content.on_site.taken if found.content.on_site else {}
    return answer_picture(request, found, taken.get(digest, {}).get("original", digest), shown=digest)


def answer_picture(
    request: PortalRequest, subject: Model, digest: str, *, shown: str = "", act: str = "see-photo"
) -> HttpResponseBase:
    """Send the copy of a picture without place and device, or with `?original` the picture as it was sent.

    `digest` is of the original; `shown` of a copy that its row names. Each look is an entry of the journal.
    """
    if ORIGINAL in request.GET:
        record("see-original", subject, actor=request.actor, at=timezone.now())
        return answer_original(digest, _media_type(digest))
    record(act, subject, actor=request.actor, at=timezone.now())
    return answer_copy(digest, shown=shown)


def _media_type(digest: str) -> str:
    with blobs.open_file(digest) as file:
        kind = kind_of(file.read(1024))
    return kind.media_type if kind else "application/octet-stream"


def answer_original(digest: str, media_type: str) -> FileResponse:
    """Send a file as it was sent, as a download that runs nothing."""
    response = answer_stored(digest, media_type, as_attachment=True)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def answer_stored(digest: str, media_type: str, *, as_attachment: bool = False) -> FileResponse:
    """Send a stored file without caching, named by its digest and not by its sender."""
    name = f"{digest[:16]}.{ending_of(media_type)}"
    content = BytesIO(blobs.fetch(digest))
    response = FileResponse(content, as_attachment=as_attachment, content_type=media_type, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def keep_photos(request: PortalRequest, kept: list[str]) -> list[str]:
    """Store the photos sent now, after those sent before; return the digests of all originals. Raise BadFile."""
    uploads = request.FILES.getlist("photos")
    if len(kept) + len(uploads) > MOST_PHOTOS:
        raise BadFile(
            "too-many-files",
            ngettext("Add %(most)s photo or fewer.", "Add %(most)s photos or fewer.", MOST_PHOTOS)
            % {"most": MOST_PHOTOS},
        )
    for upload in uploads:
        kept = [*dict.fromkeys([*kept, keep_picture(upload.read(LARGEST_FILE + 1))])]
    return kept


def kept_before(request: PortalRequest, *, salt: str) -> list[str]:
    """The digests that the form brings back, signed: a browser cannot resend a file by itself."""
    kept = []
    for one in request.POST.getlist("kept")[:MOST_PHOTOS]:
        try:
            kept.append(signing.Signer(salt=salt).unsign(one))
        except signing.BadSignature:
            continue
    return kept


def sealed(digests: list[str], *, salt: str) -> list[str]:
    """The digests, signed for a form."""
    return [signing.Signer(salt=salt).sign(digest) for digest in digests]
