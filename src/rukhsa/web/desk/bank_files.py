"""Bank files: what can go back by one file, the file with its rows, and the bytes that the bank is given."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import AgreementError, State
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.banks import bank_named
from rukhsa.payments.bank_file import (
    MOST,
    FileRow,
    approve_file,
    confirm_file,
    content_of,
    propose_file,
    refuse_file,
    rows_to_send,
    total_of,
    transfers_of,
)
from rukhsa.payments.errors import PaymentsError
from rukhsa.payments.models import BankAnswerRow, BankFile, Payout, Refund
from rukhsa.payments.payout import application_of
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE, agreement_offered
from rukhsa.web.desk.bank_answers import OUTCOMES
from rukhsa.web.desk.payouts import FILES, STATES, why_of
from rukhsa.web.sentences import sentence_of

_READING = (Permission.READ_MONEY, Permission.APPROVE_PAYOUT)


@requires(Permission.PROPOSE_PAYOUT, fresh=True)
@require_http_methods(["GET", "POST"])
def make(request: PortalRequest) -> HttpResponse:
    """What could go back by one file of an authority, each row with its account; posting proposes the chosen ones."""
    ours = Authority.objects.on_which(request.actor, Permission.PROPOSE_PAYOUT).order_by("ordinal")
    sent = request.POST if request.method == "POST" else request.GET
    authority = ours.filter(code=sent.get("authority", "")).first() or ours.first()
    if authority is None:
        raise Http404
    rows = rows_to_send(authority, actor=request.actor, at=timezone.now())
    error: Promise | str | None = None
    if request.method == "POST":
        chosen = set(request.POST.getlist("row"))
        wanted = [row for row in rows if row.key in chosen]
        try:
            file, done = propose_file(authority, wanted, actor=request.actor, at=timezone.now())
        except (AgreementError, PaymentsError) as refused:
            error = sentence_of(refused.code)
        else:
            _tell(request, done)
            return redirect("desk:bank-file", file.pk)
    record("see-payouts", request.actor.person, actor=request.actor, at=timezone.now())
    today = timezone.localdate()
    context = {
        "authority": authority,
        "name": authority.name(on=today),
        "authorities": [(each, each.name(on=today)) for each in ours],
        "rows": [_told(row) for row in rows if not row.refused],
        "refused": [_told(row) for row in rows if row.refused],
        "most": MOST,
        "error": error,
    }
    return render(request, "desk/bank_file_form.html", context, status=UNPROCESSABLE if error else 200)


@requires(Permission.READ_MONEY, Permission.APPROVE_PAYOUT)
@require_GET
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """A bank file with its rows, and what can be done with it."""
    file = _reach(request.actor, pk)
    record("see-bank-file", file, actor=request.actor, at=timezone.now(), number=file.number)
    return _page(request, file)


@requires(Permission.PROPOSE_PAYOUT, fresh=True)
@require_POST
def take(request: PortalRequest, pk: UUID) -> HttpResponse:
    """The bytes for the bank."""
    file = _reach(request.actor, pk, Permission.PROPOSE_PAYOUT)
    try:
        content = content_of(file, actor=request.actor, at=timezone.now())
    except AgreementError as refused:
        return _page(request, file, error=sentence_of(refused.code))
    headers = {
        "Content-Disposition": f'attachment; filename="{file.number}.xml"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type="application/xml", headers=headers)


@requires(Permission.READ_MONEY, Permission.APPROVE_PAYOUT, fresh=True)
@require_POST
def act(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Approve or refuse a file, or confirm that the bank sent what is in it."""
    file = _reach(request.actor, pk)
    written = {name: request.POST.get(name, "").replace("\x00", "") for name in ("reason", "reference")}
    at, actor = timezone.now(), request.actor
    acts: dict[str, Callable[[], object]] = {
        "approve": lambda: approve_file(file, actor=actor, at=at),
        "refuse": lambda: refuse_file(file, written["reason"], actor=actor, at=at),
        "confirm": lambda: confirm_file(file, written["reference"], actor=actor, at=at),
    }
    if verb not in acts:
        raise Http404
    try:
        acts[verb]()
    except (AgreementError, PaymentsError) as refused:
        return _page(request, _reach(request.actor, pk), error=sentence_of(refused.code), written=written)
    messages.success(request, _("Saved."))
    return redirect("desk:bank-file", pk)


def _tell(request: PortalRequest, rows: list[FileRow]) -> None:
    """Say how many rows were taken into the file, and which were not, and why."""
    count = sum(1 for row in rows if row.payout)
    taken = ngettext("%(count)s transfer is in the file.", "%(count)s transfers are in the file.", count)
    messages.success(request, taken % {"count": count})
    for row in rows:
        if row.refused:
            reference = application_of(row.owed).reference
            messages.warning(request, f"⁨{reference}⁩: {sentence_of(row.refused.code)}")


def _reach(actor: Actor, pk: UUID, *permissions: Permission) -> BankFile:
    files = BankFile.objects.on_which(actor, *(permissions or _READING))
    return files.select_related("authority", "proposed_by", "decided_by").get(pk=pk)


def _page(
    request: PortalRequest,
    file: BankFile,
    *,
    error: Promise | str | None = None,
    written: dict[str, str] | None = None,
) -> HttpResponse:
    payouts = list(transfers_of(file))
    newest = BankAnswerRow.objects.filter(payout__in=payouts).order_by("payout", "-pk").distinct("payout")
    told = {each.payout_id: (each, OUTCOMES[each.outcome]) for each in newest}
    may_take = file.state == State.APPROVED and request.actor.holds(Permission.PROPOSE_PAYOUT, at=file.scope)
    context: dict[str, Any] = {
        "file": file,
        "state": FILES[file.state],
        "authority": file.authority.name(on=timezone.localdate()),
        "rows": [(each, bank_named(each.iban), STATES[each.state], told.get(each.pk)) for each in payouts],
        "unsaid": sum(1 for each in payouts if each.state == Payout.State.SENT and each.pk not in told),
        "total": total_of(file),
        **agreement_offered(
            proposer=file.proposed_by,
            waits=file.waits,
            may_decide=request.actor.holds(Permission.APPROVE_PAYOUT, at=file.scope),
            actor=request.actor,
        ),
        "may_take": may_take,
        "may_confirm": may_take and any(each.state == Payout.State.SENT for each in payouts),
        "error": error,
        "written": written or {},
    }
    return render(request, "desk/bank_file.html", context, status=UNPROCESSABLE if error else 200)


def _told(row: FileRow) -> dict[str, Any]:
    return {
        "row": row,
        "kind": "refund" if isinstance(row.owed, Refund) else "deposit",
        "why": why_of(row.owed),
        "application": application_of(row.owed),
        "bank": bank_named(row.iban),
        "refused": sentence_of(row.refused.code) if row.refused else "",
    }
