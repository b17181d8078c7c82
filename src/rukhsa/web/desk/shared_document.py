"""A document that its holder shared with an agency: checked by an officer of that agency who signed in."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.issuance.instrument import successor_of
from rukhsa.verification import share
from rukhsa.verification.lookup import by_number
from rukhsa.verification.share import ShareClosed
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.attached import verdict_shown


@requires(Permission.ANSWER_REFERRAL)
@require_http_methods(["GET", "POST"])
def check(request: PortalRequest, pk: UUID) -> HttpResponse:
    """GET asks, so that a preview of the link uses nothing up; POST checks, and shows the verdict."""
    if request.method == "GET":
        return render(request, "desk/shared.html", {})
    at = timezone.now()
    agencies = request.actor.agencies_where(Permission.ANSWER_REFERRAL)
    try:
        found = share.check_by(pk, agencies=agencies, at=at)
    except ShareClosed as closed:
        return render(request, "desk/shared.html", {"problem": closed.text}, status=404)
    instrument = found.instrument
    record("see-instrument", instrument, actor=request.actor, at=at)
    verdict = by_number(instrument.number, instrument.intent.verification_code, at=at)
    context = {
        "number": instrument.number,
        "verdict": verdict_shown(verdict, at=at),
        "successor": successor_of(instrument),
        "share": found,
    }
    return render(request, "desk/shared.html", context)
