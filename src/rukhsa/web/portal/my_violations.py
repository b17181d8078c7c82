"""A person's own violations: what, where, with which pictures, how much, until when, and where to pay or object."""

from typing import Final
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.violations.contesting import SERVICE, applications_of
from rukhsa.violations.violation import Violation
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.shown_picture import answer_copy
from rukhsa.web.violation_notice import notice_as_pdf

MOST_SHOWN: Final = 50
_LOCKED: Final = {"default-src": [CSP.NONE], "img-src": [CSP.SELF]}


@requires(Permission.READ_OWN)
@require_GET
def show_all(request: PortalRequest) -> HttpResponse:
    """The violations that were confirmed against the person or the company, the newest first."""
    theirs = Violation.objects.told_to(request.actor).select_related("authority", "mending", "withdrawal")
    found = theirs.prefetch_related("evidence", "authority__names").order_by("-proposed_at")[:MOST_SHOWN]
    context = {"lines": [(each, list(applications_of(each)[:3])) for each in found], "service": SERVICE}
    return render(request, "portal/my_violations.html", context)


@requires(Permission.READ_OWN)
@require_GET
def notice(request: PortalRequest, pk: UUID) -> FileResponse:
    """The notice of one's own violation as a PDF."""
    theirs = Violation.objects.told_to(request.actor).select_related("authority", "instrument__intent")
    violation, at = theirs.get(pk=pk), timezone.now()
    record("print-violation", violation, actor=request.actor, at=at)
    return notice_as_pdf(violation, at=at)


@requires(Permission.READ_OWN)
@require_GET
@csp_override(_LOCKED)
def photo(request: PortalRequest, pk: UUID, digest: str) -> HttpResponseBase:
    """A picture of one's own violation; where it was taken stands on the notice."""
    violation = Violation.objects.told_to(request.actor).get(pk=pk)
    if not violation.evidence.filter(digest=digest).exists():
        raise Http404
    record("see-violation-photo", violation, actor=request.actor, at=timezone.now())
    return answer_copy(digest)
