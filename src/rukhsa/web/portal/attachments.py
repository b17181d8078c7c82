"""The documents that an application asks for: their files attached, opened, viewed, removed and brought back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import PurePath
from uuid import UUID

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_POST

from rukhsa import applying
from rukhsa.accounts.permissions import Permission
from rukhsa.applications import blobs
from rukhsa.applications.application import is_open
from rukhsa.applications.attachment import keep_anyway, remove, restore, see, with_safe_copy
from rukhsa.applications.earlier import files_before
from rukhsa.applications.file_check import LARGEST_FILE, BadFile
from rukhsa.applications.known import documents_wanted
from rukhsa.applications.models import Application, Attachment
from rukhsa.catalogue.form import Document
from rukhsa.files.kind import accepted, ending_of
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.attached import VerdictShown, advice_beside, verdict_beside
from rukhsa.web.edge import is_partial
from rukhsa.web.portal.pages import (
    FindingShown,
    application_of,
    last_section_address,
    open_findings,
    pages_in,
)
from rukhsa.web.sentences import status_of_form


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A document that is asked for, with the files attached for it."""

    document: Document
    files: list[tuple[Attachment, VerdictShown | None, Promise | str]]  # with the verdict and advice
    problem: Promise | str = ""
    earlier: Sequence[Attachment] = ()  # of earlier applications
    findings: list[FindingShown] = field(default_factory=list)

    @property
    def accept(self) -> str:
        """The `accept` attribute of the file field."""
        return accepted(self.document.accept)

    @property
    def is_full(self) -> bool:
        return len(self.files) >= self.document.at_most


# What the browser may do with a stranger's file that it shows: nothing but draw it.
LOCKED = {
    "default-src": [CSP.NONE],
    "img-src": [CSP.SELF],
    "object-src": [CSP.SELF],
    "style-src": [CSP.UNSAFE_INLINE],
    "frame-ancestors": [CSP.SELF],
}
REMOVED = "removed"  # names in the address the file that is offered back


@requires(Permission.APPLY)
@never_cache
@require_GET
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """List the documents, each with its files and a form to add one."""
    application = application_of(request, pk)
    if not is_open(application, at=timezone.now()):
        return redirect("portal:application", pk)
    gone = application.attachments.exclude(removed_at=None)
    try:
        removed = gone.filter(pk=UUID(request.GET.get(REMOVED, ""))).first()
    except ValueError:
        removed = None
    return _page(request, application, {}, removed=removed)


@requires(Permission.APPLY)
@require_POST
def add(request: PortalRequest, pk: UUID, document: str) -> HttpResponse:
    """Attach one file or several; show what is wrong with them beside their document."""
    application = application_of(request, pk)
    files, refused = request.FILES.getlist("file"), dict[str, BadFile]()
    if not files:
        return _page(request, application, {document: str(_("Choose a file."))})
    for file in files:
        try:
            applying.attach(application, document, file, actor=request.actor, at=timezone.now())
        except BadFile as bad:
            refused[file.name or ""] = bad
    if refused:
        told = [str(bad.text) if len(files) == 1 else f"{name}: {bad.text}" for name, bad in refused.items()]
        status = status_of_form(next(iter(refused.values())).code)
        return _page(request, application, {document: " ".join(told)}, status)
    return redirect("portal:documents", pk)


@requires(Permission.APPLY)
@require_POST
def remove_file(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Remove a file, and offer it back; removing it twice is the same as once."""
    attachment = see(request.actor, pk, at=timezone.now())
    remove(attachment, actor=request.actor, at=timezone.now())
    if is_partial(request):
        return _page(request, attachment.application, {}, removed=attachment)
    address = reverse("portal:documents", args=[attachment.application_id])
    return redirect(f"{address}?{REMOVED}={attachment.pk}#d-{attachment.document}")


@requires(Permission.APPLY)
@require_POST
def restore_file(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Bring a removed file back."""
    attachment = see(request.actor, pk, at=timezone.now())
    try:
        restore(attachment, actor=request.actor, at=timezone.now())
    except BadFile as bad:
        return _page(request, attachment.application, {attachment.document: bad.text})
    if is_partial(request):
        return _page(request, attachment.application, {})
    return redirect("portal:documents", attachment.application_id)


@requires(Permission.APPLY)
@require_POST
def keep_file(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Send a file all the same that may be hard to read; the advice goes."""
    attachment = see(request.actor, pk, at=timezone.now())
    keep_anyway(attachment, actor=request.actor, at=timezone.now())
    if is_partial(request):
        return _page(request, attachment.application, {})
    return redirect(
        reverse("portal:documents", args=[attachment.application_id]) + f"#d-{attachment.document}"
    )


@requires(Permission.APPLY)
@require_GET
@csp_override(LOCKED)
def view_file(request: PortalRequest, pk: UUID) -> HttpResponseBase:
    """The safe copy of an applicant's own file, which the browser shows: what the officer will see."""
    attachment = with_safe_copy(see(request.actor, pk, at=timezone.now()))
    response = FileResponse(
        blobs.open_file(attachment.shown_digest), content_type=attachment.shown_media_type
    )
    response["Cache-Control"] = "private, no-store"
    return response


@requires(Permission.APPLY)
@require_GET
def open_file(request: PortalRequest, pk: UUID) -> HttpResponseBase:
    """Send an applicant's own file as a download that no browser treats as a page of this site."""
    attachment = see(request.actor, pk, at=timezone.now())
    response = FileResponse(
        blobs.open_file(attachment.digest),
        as_attachment=True,
        # The applicant's name for the file, with the extension of its real type.
        filename=f"{PurePath(attachment.name).stem or 'file'}.{ending_of(attachment.media_type)}",
        content_type=attachment.media_type,
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


@requires(Permission.APPLY)
@require_POST
def add_earlier(request: PortalRequest, pk: UUID, document: str) -> HttpResponse:
    """Attach a file that the applicant attached to an earlier application."""
    application = application_of(request, pk)
    try:
        earlier = UUID(request.POST.get("file", ""))
        applying.attach_earlier(application, document, earlier, actor=request.actor, at=timezone.now())
    except ValueError:
        return _page(request, application, {document: str(_("Choose a file."))})
    except BadFile as bad:
        return _page(request, application, {document: bad.text}, status_of_form(bad.code))
    return redirect("portal:documents", pk)


def slots_of(
    application: Application,
    problems: Mapping[str, Promise | str],
    earlier: Mapping[str, Sequence[Attachment]] | None = None,
) -> list[Slot]:
    """Every document that the answers so far ask for; `earlier` are files to choose from, by document."""
    at = timezone.now()
    present = list(application.attachments.present().order_by("added_at"))
    findings = open_findings(application)
    return [
        Slot(
            document=document,
            files=[
                (one, verdict_beside(one, at=at), advice_beside(one))
                for one in present
                if one.document == document.id
            ],
            problem=problems.get(document.id, ""),
            earlier=(earlier or {}).get(document.id, ()),
            findings=[one for one in findings if one.about == document.id],
        )
        for document in documents_wanted(application, application.answers)
    ]


def files_by_document(application: Application) -> list[tuple[Document, list[Attachment]]]:
    """The files that an application has, by the document for which each was given; one query."""
    present = list(application.attachments.present().order_by("added_at"))
    grouped = [
        (document, [file for file in present if file.document == document.id])
        for document in application.definition.documents
    ]
    return [(document, files) for document, files in grouped if files]


def _page(
    request: PortalRequest,
    application: Application,
    problems: Mapping[str, Promise | str],
    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
    *,
    removed: Attachment | None = None,
) -> HttpResponse:
    total = pages_in(application)
    context = {
        "application": application,
        "slots": slots_of(application, problems, files_before(request.actor, application)),
        "problems": problems,
        "removed": removed,
        "number": total - 1,
        "total": total,
        "largest": LARGEST_FILE,
        "back": last_section_address(application),
    }
    template = "portal/document_slots.html" if is_partial(request) else "portal/documents.html"
    # htmx swaps in a page only when its status is 200; without htmx the status is that of the form.
    return render(request, template, context, status=status if problems and not is_partial(request) else 200)
