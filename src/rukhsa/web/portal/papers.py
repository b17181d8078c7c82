"""Receipts and refund notes as signed documents: requested once, then downloaded at any time."""

import io
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.issuance import papers, time_stamp
from rukhsa.issuance.models import Instrument
from rukhsa.issuance.papers import is_stalled
from rukhsa.payments.models import Charge, Payout, Receipt
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.reckoning import lines_of


@requires(Permission.APPLY)
@require_http_methods(["GET", "POST"])
def show(request: PortalRequest, kind: str, key: str) -> HttpResponse:
    """Show a payment or refund; POST requests its signed document."""
    fact = _reach(request.actor, kind, key)
    if request.method == "POST":
        if papers.are_issued():
            papers.ask_for_paper(fact, actor=request.actor, at=timezone.now())
        return redirect("portal:paper", kind, key)
    paper = papers.paper_of(fact)
    charge = charge_of(fact)
    context = {
        "kind": kind,
        "key": key,
        "fact": fact,
        "application": charge.application,
        "definition": charge.application.definition,
        "charge": charge,
        "lines": lines_of(charge) if kind == papers.RECEIPT else [],
        "paper": paper,
        "may_ask": papers.are_issued(),
        "is_refused": paper is None and is_stalled(fact),
        "is_prepared": paper is None and papers.is_waiting(fact),
        "verifier": settings.CONFIG.addresses.public_url,
    }
    return render(request, "portal/paper.html", context)


@requires(Permission.APPLY)
@require_GET
def download(request: PortalRequest, kind: str, key: str) -> HttpResponseBase:
    """The signed PDF."""
    fact = _reach(request.actor, kind, key)
    paper = papers.paper_of(fact)
    if paper is None:
        raise Instrument.DoesNotExist
    response = FileResponse(
        io.BytesIO(time_stamp.handed_out(paper)),
        as_attachment=True,
        filename=f"{paper.number}.pdf",
        content_type="application/pdf",
    )
    response["Cache-Control"] = "private, no-store"
    record("download-paper", fact, actor=request.actor, at=timezone.now())
    return response


def charge_of(fact: Receipt | Payout) -> Charge:
    """The charge of a receipt or payout."""
    return fact.charge if isinstance(fact, Receipt) else papers.charge_of(fact)


def _reach(actor: Actor, kind: str, key: str) -> Receipt | Payout:
    mine = Application.objects.of_applicant(actor)
    if kind == papers.RECEIPT and key.isascii() and key.isdigit() and len(key) < 16:
        receipts = Receipt.objects.filter(charge__application__in=mine, amount__gt=0)
        return receipts.select_related("charge__application__service_version").get(pk=int(key))
    if kind != papers.MONEY_BACK:
        raise Http404
    return Payout.objects.filter(state=Payout.State.DONE).get(papers.of_applications(mine), pk=_uuid(key))


def _uuid(key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError:
        raise Http404 from None
