"""Applications that are granted and paid but could not be issued: since when, why, and what to do."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.issuance.models import Stall
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires

A_PAGE = 100

_TEMPLATE = _(
    "Some readers could not read the printed page: its QR code or text is too small, pale or "
    "crowded. Tell the engineer to correct the template."
)
_KEYS = _("The keys or the log refused to sign. Tell the engineer at once.")
_EARLIER = _(
    "The earlier document was closed or revoked during this application, so we cannot issue a "
    "new one. Tell the applicant. Any payment must be refunded."
)
_BUSY = _("Another version of this document is being issued. We will issue this one next, automatically.")
_STOPPED = _("Issuing is stopped. You can try again when it restarts.")
_CAPPED = _(
    "The authority has reached its limit of documents an hour. This one follows automatically. "
    "If you did not expect so many, tell the engineer at once."
)
_OTHER = _("The document could not be issued. Give the engineer the code.")
_REASONS: dict[str, Promise] = {
    **dict.fromkeys(
        (
            *("qr-not-found", "qr-differs", "qr-too-fine", "qr-too-close", "qr-too-pale", "qr-not-legible"),
            *("text-differs", "attachments-differ", "unreadable", "cannot-compose"),
        ),
        _TEMPLATE,
    ),
    **dict.fromkeys(
        (
            *("signer-refused", "signer-unavailable", "key-fault", "no-such-key", "trust-list-behind"),
            *("clock-went-back", "log-rolled-back", "log-ended"),
        ),
        _KEYS,
    ),
    **dict.fromkeys(("parent-ended", "no-such-instrument"), _EARLIER),
    "version-under-way": _BUSY,
    "issuing-stopped": _STOPPED,
    "cap-reached": _CAPPED,
}


@dataclass(frozen=True, kw_only=True)
class StalledRow:
    """An application that waits for its document."""

    application: Application
    service: Text
    since: datetime
    code: str
    reason: Promise


def reason_of(code: str) -> Promise:
    """The reason in words, and what to do."""
    return _REASONS.get(code, _OTHER)


@requires(Permission.READ_QUEUE, Permission.CHECK)
@require_GET
@transaction.atomic
def show(request: PortalRequest) -> HttpResponse:
    """The stalled applications, the longest first, each with its newest reason."""
    at = timezone.now()
    stalls = (
        Stall.objects.on_which(request.actor, Permission.READ_QUEUE, Permission.CHECK)
        .open()
        .of_applications()
        .select_related("application")
    )
    newest = {stall.application_id: stall for stall in stalls.order_by("at", "pk")[: A_PAGE + 1]}
    record("see-stalled", request.actor.person, actor=request.actor, at=at)
    names = ServiceVersion.objects.names({each.application.service_version_id for each in newest.values()})
    lines = [
        StalledRow(
            application=each.application,
            service=names[each.application.service_version_id],
            since=each.at,
            code=each.code,
            reason=reason_of(each.code),
        )
        for each in newest.values()
    ]
    return render(request, "desk/stalled.html", {"rows": lines[:A_PAGE], "has_more": len(lines) > A_PAGE})


def stall_of(application: Application) -> tuple[str, Promise] | None:
    """Why an application has no document yet: the newest code and its reason; None if it is not stalled."""
    stall = Stall.objects.open().of_applications().filter(application=application).order_by("at", "pk").last()
    return (stall.code, reason_of(stall.code)) if stall else None
