"""A file page by page: each as a picture that is enlarged and turned, with the notes of officers at their places."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.file_check import BadFile
from rukhsa.applications.file_page import MOST, FilePage, pages_of, picture_of
from rukhsa.audit.journal import record
from rukhsa.files.kind import JPEG
from rukhsa.review.note import Note, NoteEmpty, Spot, write_note
from rukhsa.review.participant import openable
from rukhsa.web.access import PortalRequest, requires, signed_in
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.desk.files import LOCKED, reached

_WHOLE = 1000  # thousandths of a side


@dataclass(frozen=True, kw_only=True)
class PageShown:
    """A page with its notes, each with its number on this page."""

    page: FilePage
    notes: list[tuple[int, Note]]


@signed_in
@require_GET
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """All pages of a file, with the notes of officers for those who write them."""
    return _page(request, pk)


@signed_in
@require_GET
@csp_override(LOCKED)
def page(request: PortalRequest, pk: UUID, number: int) -> HttpResponseBase:
    """One page of the safe copy as a picture."""
    found = reached(request, pk)
    try:
        picture = picture_of(found, number)
    except BadFile as bad:
        return HttpResponse(str(bad.text), status=UNPROCESSABLE, content_type="text/plain; charset=utf-8")
    response = HttpResponse(picture, content_type=JPEG.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@requires(Permission.CHECK)
@require_POST
def note(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Write a note on a page, at the place that was pointed at or about all of it."""
    found = reached(request, pk)
    number = min(max(_number(request.POST.get("page", "")) or 1, 1), MOST)
    x, y = (_number(request.POST.get(name, "")) for name in ("x", "y"))
    has_place = x is not None and y is not None and max(x, y) <= _WHOLE
    on = Spot(attachment=found, page=number, x=x if has_place else None, y=y if has_place else None)
    try:
        text = request.POST.get("note", "")
        write_note(found.application, text, on=on, actor=request.actor, at=timezone.now())
    except NoteEmpty as error:
        return _page(request, pk, error=error.text, status=UNPROCESSABLE)
    messages.success(request, _("The note is kept."))
    return redirect(f"{reverse('desk:view-file', args=[pk])}#page-{number}")


def _page(request: PortalRequest, pk: UUID, *, error: object = None, status: int = 200) -> HttpResponse:
    found, problem = reached(request, pk), error
    record("see-attachment", found, actor=request.actor, at=timezone.now())
    pages: list[FilePage] = []
    try:
        pages = pages_of(found)
    except BadFile as bad:
        problem = bad.text
    is_officer = request.actor.holds(Permission.CHECK, at=found.application.scope)
    notes = list(Note.objects.filter(attachment=found).select_related("officer")) if is_officer else []
    context = {
        "file": found,
        "pages": [PageShown(page=each, notes=_on(each, notes)) for each in pages],
        "is_officer": is_officer,
        "may_open": openable(request.actor, found.application),
        "error": problem,
    }
    return render(request, "desk/file_viewer.html", context, status=status)


def _on(page: FilePage, notes: list[Note]) -> list[tuple[int, Note]]:
    return list(enumerate((each for each in notes if each.page == page.number), 1))


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else None
