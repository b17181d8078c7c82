"""Documents by which people act for others: those that wait, and one with its file, to approve or refuse once."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record, record_each
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.consents import deed
from rukhsa.consents.consent import ConsentRefused
from rukhsa.consents.models import Consent
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.desk.files import answer_stored
from rukhsa.web.sentences import sentence_of

MOST = 100


@requires(Permission.CHECK_DEED)
@never_cache
@require_GET
def show_all(request: PortalRequest) -> HttpResponse:
    """Those that no officer has checked, the oldest first."""
    at = timezone.now()
    waiting = list(
        Consent.objects.to_check(at=at).select_related("agent", "deed").order_by("asked_at")[:MOST]
    )
    record_each("see-deeds", waiting, actor=request.actor, at=at)
    return render(request, "desk/deeds.html", {"waiting": waiting})


@requires(Permission.CHECK_DEED)
@never_cache
@require_http_methods(["GET", "POST"])
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """GET shows who wants to act for whom, for what and until when; POST approves or refuses with a reason."""
    at, error = timezone.now(), None
    found = (
        Consent.objects.exclude(deed=None).select_related("agent", "deed", "answer__checked_by").get(pk=pk)
    )
    if request.method == "POST":
        try:
            reason = request.POST.get("reason", "")
            deed.check(found, approved="approve" in request.POST, reason=reason, actor=request.actor, at=at)
            messages.info(request, _("Both people are told."))
            return redirect("desk:deeds")
        except ConsentRefused as refused:
            error = sentence_of(refused.code)
    record("see-deed", found, actor=request.actor, at=at)
    names = {one.service: one.definition.name for one in ServiceVersion.objects.offered()}
    context = {
        "one": found,
        "services": [names.get(id, id) for id in found.services],
        "answer": getattr(found, "answer", None),
        "error": error,
    }
    return render(request, "desk/deed.html", context, status=UNPROCESSABLE if error else 200)


@requires(Permission.CHECK_DEED)
@require_GET
def open_file(request: PortalRequest, pk: UUID) -> FileResponse:
    """The safe copy of the document; looking is an entry of the journal."""
    found = Consent.objects.exclude(deed=None).select_related("deed").get(pk=pk)
    record("see-deed", found, actor=request.actor, at=timezone.now())
    return answer_stored(found.deed.shown_digest, found.deed.shown_media_type)
