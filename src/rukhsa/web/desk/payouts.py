"""The pages of finance: amounts owed to people, proposing a payout, approving it, and confirming that it was sent."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import AgreementError, State
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.banks import bank_named, is_of_no_known_bank
from rukhsa.payments.deposit_account import BadIban, iban_of
from rukhsa.payments.errors import PaymentsError
from rukhsa.payments.gateways.port import GatewayRefused
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.models import BankFile, DepositMovement, Payout, Refund
from rukhsa.payments.payout import (
    application_of,
    approve_payout,
    confirm_payout,
    gateway_of,
    propose_payout,
    record_not_sent,
    refunds_to_send,
    refuse_payout,
    releases_to_send,
)
from rukhsa.values.money import Money
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE, agreement_offered
from rukhsa.web.desk.purposes import require_purpose_once_decided
from rukhsa.web.sentences import sentence_of

A_LIST = 50
_READING = (Permission.READ_MONEY, Permission.APPROVE_PAYOUT)

REASONS: dict[str, Promise] = {
    Refund.Reason.PAID_TWICE: _("Paid twice"),
    Refund.Reason.PAID_AFTER_GIVING_UP: _("Paid by an attempt that had been replaced"),
    Refund.Reason.OVERPAID: _("Paid too much"),
    Refund.Reason.UNDERPAID: _("Paid too little"),
    Refund.Reason.APPLICATION_CLOSED: _("Paid for a closed application"),
    Refund.Reason.QUOTE_REPLACED: _("Paid an amount that had been replaced"),
}
A_DEPOSIT = _("Deposit returned")
STATES: dict[str, Promise] = {
    Payout.State.PROPOSED: _("Waiting for approval"),
    Payout.State.SENT: _("Sent, not confirmed yet"),
    Payout.State.DONE: _("Sent"),
    Payout.State.REFUSED: _("Refused"),
}
FILES: dict[str, Promise] = {
    State.PROPOSED: _("Waiting for approval"),
    State.APPROVED: _("Approved"),
    State.REFUSED: _("Refused"),
}


@requires(Permission.READ_MONEY, Permission.APPROVE_PAYOUT)
@require_GET
@transaction.atomic
def show_all(request: PortalRequest) -> HttpResponse:
    """What waits, and what was sent last; each list is short and says when there is more."""
    ours = Payout.objects.on_which(request.actor, *_READING).select_related(*_ABOUT)
    under_way = list(
        ours.filter(state__in=["proposed", "sent"], bank_file=None).order_by("proposed_at")[: A_LIST + 1]
    )
    refunds = list(refunds_to_send(request.actor, *_READING)[: A_LIST + 1])
    releases = list(releases_to_send(request.actor, *_READING)[: A_LIST + 1])
    owed: list[Refund | DepositMovement] = [*refunds[:A_LIST], *releases[:A_LIST]]
    ended = ours.filter(state__in=["done", "refused"]).order_by("-ended_at")[:20]
    files = BankFile.objects.on_which(request.actor, *_READING).annotate(count=Count("payouts"))
    record("see-payouts", request.actor.person, actor=request.actor, at=timezone.now())
    context = {
        "under_way": [
            (each, why_of(_owed(each)), application_of(_owed(each)), STATES[each.state])
            for each in under_way[:A_LIST]
        ],
        "owed": [_line(each, request.actor) for each in owed],
        "ended": [(each, STATES[each.state]) for each in ended],
        "files": [(each, FILES[each.state]) for each in files.order_by("-proposed_at")[:20]],
        "may_make_file": request.actor.holds_somewhere(Permission.PROPOSE_PAYOUT),
        "has_more": max(len(refunds), len(releases), len(under_way)) > A_LIST,
    }
    return render(request, "desk/payouts.html", context)


@requires(Permission.PROPOSE_PAYOUT, fresh=True)
@require_http_methods(["GET", "POST"])
def propose(request: PortalRequest, kind: str, pk: int) -> HttpResponse:
    """An amount that is owed; posting proposes its payout."""
    owed = _reach_owed(request.actor, kind, pk)
    at = timezone.now()
    through = gateway_of(owed, at=at)
    known = iban_of(owed.attempt.charge.application) if isinstance(owed, Refund) else owed.iban
    typed = {
        "channel": request.POST.get("channel", through or Payout.TRANSFER),
        "iban": request.POST.get("iban", known),
    }
    error: Promise | str | None = None
    if request.method == "POST":
        try:
            made = _propose(owed, typed, request)
        except BadIban as bad:
            error = bad.text
        except (AgreementError, PaymentsError) as refused:
            error = sentence_of(refused.code)
        else:
            messages.success(request, _("Waiting for another person to approve."))
            return redirect("desk:payout", made.pk)
    context = {
        **_line(owed, request.actor),
        "gateway": gateway(through).name if through else None,
        "gateway_code": through,
        "typed": typed,
        "bank": bank_named(typed["iban"]),
        "is_unknown": is_of_no_known_bank(typed["iban"]),
        "error": error,
    }
    record("see-owed", owed, actor=request.actor, at=at)
    return render(request, "desk/payout_owed.html", context, status=UNPROCESSABLE if error else 200)


def _propose(owed: Refund | DepositMovement, typed: dict[str, str], request: PortalRequest) -> Payout:
    return propose_payout(
        owed,
        typed["channel"],
        iban=typed["iban"],
        is_compared="compared" in request.POST,
        actor=request.actor,
        at=timezone.now(),
    )


@requires(Permission.READ_MONEY, Permission.APPROVE_PAYOUT)
@require_GET
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """A payout, and what can be done with it."""
    payout = _reach(request.actor, pk)
    record("see-payout", payout, actor=request.actor, at=timezone.now())
    return _page(request, payout)


@requires(Permission.READ_MONEY, Permission.APPROVE_PAYOUT, fresh=True)
@require_POST
def act(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Approve, refuse, or confirm that it was sent or never sent."""
    payout = _reach(request.actor, pk)
    written = {name: request.POST.get(name, "") for name in ("reason", "reference")}
    acts: dict[str, Callable[[], Payout]] = {
        "approve": lambda: approve_payout(payout, actor=request.actor, at=timezone.now()),
        "refuse": lambda: refuse_payout(payout, written["reason"], actor=request.actor, at=timezone.now()),
        "not-sent": lambda: record_not_sent(
            payout, written["reason"], actor=request.actor, at=timezone.now()
        ),
        "confirm": lambda: confirm_payout(
            payout, written["reference"], actor=request.actor, at=timezone.now()
        ),
    }
    if verb not in acts:
        raise Http404
    try:
        done = acts[verb]()
    except GatewayRefused as refused:
        told = _(
            "The gateway refused the refund (%(code)s) and sent no money. Ask for a bank transfer instead."
        )
        return _page(request, _reach(request.actor, pk), error=told % {"code": refused.reason})
    except (AgreementError, PaymentsError) as refused:
        return _page(request, _reach(request.actor, pk), error=sentence_of(refused.code), written=written)
    messages.success(request, str(STATES[done.state]))
    return redirect("desk:payout", pk)


_ABOUT = (
    "refund__attempt__charge__application__applicant",
    "refund__attempt__charge__application__queue_entry",
    "release__line__charge__application__applicant",
    "release__line__charge__application__queue_entry",
    "proposed_by",
    "decided_by",
    "bank_file",
)


def _reach(actor: Actor, pk: UUID) -> Payout:
    """A payout that the actor may read; raise DoesNotExist otherwise, and PurposeMissing unless something waits."""
    payout = Payout.objects.on_which(actor, *_READING).select_related(*_ABOUT).get(pk=pk)
    if payout.state != Payout.State.SENT:  # what was sent waits to be confirmed
        require_purpose_once_decided(payout, payout.application, actor)
    return payout


def _reach_owed(actor: Actor, kind: str, pk: int) -> Refund | DepositMovement:
    match kind:
        case "refund":
            return refunds_to_send(actor, Permission.PROPOSE_PAYOUT).get(pk=pk)
        case "deposit":
            return releases_to_send(actor, Permission.PROPOSE_PAYOUT).get(pk=pk)
        case _:
            raise Http404


def _page(
    request: PortalRequest,
    payout: Payout,
    *,
    error: Promise | str | None = None,
    written: dict[str, str] | None = None,
) -> HttpResponse:
    owed = _owed(payout)
    waits = payout.waits and not payout.bank_file_id
    context = {
        "payout": payout,
        "application": application_of(owed),
        "why": why_of(owed),
        "state": STATES[payout.state],
        "gateway": None if payout.channel == Payout.TRANSFER else gateway(payout.channel).name,
        "bank": bank_named(payout.iban),
        **agreement_offered(
            proposer=payout.proposed_by,
            waits=waits,
            may_decide=request.actor.holds(Permission.APPROVE_PAYOUT, at=payout.scope),
            actor=request.actor,
        ),
        "may_confirm": payout.state == Payout.State.SENT
        and request.actor.holds(Permission.PROPOSE_PAYOUT, at=payout.scope),
        "error": error,
        "written": written or {},
    }
    return render(request, "desk/payout.html", context, status=UNPROCESSABLE if error else 200)


def _owed(payout: Payout) -> Refund | DepositMovement:
    owed = payout.refund or payout.release
    assert owed  # the database demands exactly one of the two
    return owed


def why_of(owed: Refund | DepositMovement) -> Promise:
    """Why it is owed, in words."""
    return REASONS[owed.reason] if isinstance(owed, Refund) else A_DEPOSIT


def _line(owed: Refund | DepositMovement, actor: Actor) -> dict[str, Any]:
    is_refund = isinstance(owed, Refund)
    return {
        "kind": "refund" if is_refund else "deposit",
        "pk": owed.pk,
        "may_propose": actor.holds(Permission.PROPOSE_PAYOUT, at=owed.scope),
        "application": application_of(owed),
        "why": why_of(owed),
        "amount": owed.money if isinstance(owed, Refund) else _released(owed),
        "since": owed.due_at if isinstance(owed, Refund) else owed.at,
    }


def _released(release: DepositMovement) -> Money:
    # Annotated by `releases_to_send`, for a whole list in one query.
    minor: int = release.released  # type: ignore[attr-defined]
    return Money(minor=minor, currency=release.line.charge.currency)
