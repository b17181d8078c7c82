"""The issued document: its state in words, downloaded again and again, and how others check it."""

import io
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.delivery.deliver import deliver
from rukhsa.issuance import time_stamp
from rukhsa.issuance.instrument import successor_of
from rukhsa.issuance.models import Instrument
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal.holding import rows_of
from rukhsa.web.portal.reach import application_of


@requires(Permission.APPLY)
@never_cache
@require_GET
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """The document's number, period and state."""
    application = application_of(request, pk)
    instrument = instrument_of(application)
    context = {
        "application": application,
        "definition": application.definition,
        "instrument": instrument,
        "status": str(instrument.status(timezone.now())),
        "successor": successor_of(instrument),
        "row": next(rows_of([instrument], at=timezone.now())),
        "verifier": settings.CONFIG.addresses.public_url,
    }
    return render(request, "portal/document.html", context)


@requires(Permission.APPLY)
@require_GET
def download(request: PortalRequest, pk: UUID) -> HttpResponseBase:
    """The file itself, with what stands beside its signature by now: the log's proof, the time stamp."""
    application = application_of(request, pk)
    instrument = instrument_of(application)
    # Checked against its digest: a file that was changed in the store is not handed out.
    response = FileResponse(
        io.BytesIO(time_stamp.handed_out(instrument)),
        as_attachment=True,
        filename=f"{instrument.number}.pdf",
        content_type="application/pdf",
    )
    response["Cache-Control"] = "private, no-store"
    deliver(application, "portal", actor=request.actor, at=timezone.now())
    return response


def instrument_of(application: Application) -> Instrument:
    """What was issued on an application, in the version that the authority last put right; or DoesNotExist."""
    instruments = Instrument.objects.select_related("intent")
    issued = instruments.get(intent__application=application)
    amended = instruments.filter(intent__number=issued.number, intent__application=None)
    return amended.order_by("-intent__version").first() or issued
