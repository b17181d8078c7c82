"""Charges for finance and officers: searching them, and one with its lines, attempts and waivers."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import AgreementError, State
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import territory
from rukhsa.payments.charge import PAYABLE
from rukhsa.payments.charge_search import Criteria, search
from rukhsa.payments.errors import PaymentsError
from rukhsa.payments.gateways.registry import names
from rukhsa.payments.models import Attempt, Charge
from rukhsa.payments.waiver import propose_waiver
from rukhsa.personal.purpose import require_purpose
from rukhsa.review.participant import openable
from rukhsa.values.money import Money, MoneyError
from rukhsa.values.names import Text
from rukhsa.values.writing import latin_digits
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.reckoning import lines_of
from rukhsa.web.sentences import sentence_of

A_LIST = 50
FIELDS = ("amount", "reference", "card", "day")


@dataclass(frozen=True, kw_only=True)
class MoneyRow:
    """A charge in the list."""

    charge: Charge
    service: Text
    payer: Text


DUES: dict[str, Promise] = {
    Charge.Due.AT_SUBMISSION: _("Due at submission"),
    Charge.Due.AFTER_INSPECTION: _("Due after the visit"),
    Charge.Due.AFTER_DECISION: _("Due after the decision"),
}
ATTEMPTS: dict[str, Promise] = {
    Attempt.State.INITIATED: _("Started, not answered yet"),
    Attempt.State.REDIRECTED: _("With the gateway, no result yet"),
    Attempt.State.CAPTURED: _("Paid"),
    Attempt.State.FAILED: _p("payment", "Failed"),
    Attempt.State.CANCELLED: _("Cancelled"),
    Attempt.State.VOIDED: _("Reversed by the gateway"),
    Attempt.State.DENIED: _("Declined by the gateway"),
    Attempt.State.EXPIRED: _p("payment", "Expired"),
    Attempt.State.NEEDS_REVIEW: _("Needs checking"),
}
WAIVERS: dict[str, Promise] = {
    State.PROPOSED: _("Waiting for approval"),
    State.APPROVED: _("Waived"),
    State.REFUSED: _("Refused"),
}


@requires(Permission.READ_MONEY)
@require_GET
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """A charge; viewing it is recorded in the journal."""
    charge = reach(request.actor, pk, Permission.READ_MONEY)
    record("see-charge", charge, actor=request.actor, at=timezone.now())
    return _page(request, charge)


@requires(Permission.PROPOSE_WAIVER)
@require_POST
def waive(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Propose to waive part or all of a line."""
    charge = reach(request.actor, pk, Permission.PROPOSE_WAIVER)
    typed = {name: request.POST.get(name, "").strip() for name in ("rule", "amount", "reason")}
    try:
        money = Money.parse(typed["amount"], charge.currency)
        made = propose_waiver(
            charge, typed["rule"], money, typed["reason"], actor=request.actor, at=timezone.now()
        )
    except MoneyError:
        return _page(request, charge, error=sentence_of("bad-amount"), typed=typed)
    except (AgreementError, PaymentsError) as refused:
        return _page(request, charge, error=sentence_of(refused.code), typed=typed)
    messages.success(request, _("Waiting for another person to approve."))
    return redirect("desk:waiver", made.pk)


def reach(actor: Actor, pk: UUID, permission: Permission) -> Charge:
    """A charge at an authority where the actor holds the permission; raise DoesNotExist otherwise, and PurposeMissing.

    What waits for a second hand needs no purpose.
    """
    about = ("applicant", "company", "service_version", "queue_entry")
    needed = (*(f"application__{each}" for each in about), "receipt")
    charges = Charge.objects.on_which(actor, permission)
    charge = charges.select_related(*needed).prefetch_related("lines").get(pk=pk)
    if not charge.waivers.filter(state=State.PROPOSED).exists():
        require_purpose(charge.application, actor, at=timezone.now())
    return charge


def _page(
    request: PortalRequest,
    charge: Charge,
    *,
    error: Promise | str | None = None,
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    application = charge.application
    named = names()
    is_newest = not charge.is_replaced
    attempts = charge.attempts.select_related("refund").order_by("-started_at")
    context: dict[str, Any] = {
        "charge": charge,
        "application": application,
        "definition": application.definition,
        "lines": lines_of(charge),
        "due": DUES[charge.due],
        "replaced": not is_newest,
        "attempts": [(each, named.get(each.gateway), ATTEMPTS[each.state]) for each in attempts],
        "waivers": [(each, WAIVERS[each.state]) for each in charge.waivers.order_by("proposed_at")],
        "may_waive": request.actor.holds(Permission.PROPOSE_WAIVER, at=charge.scope)
        and is_newest
        and not hasattr(charge, "receipt")
        and application.stage in PAYABLE,
        "may_open": openable(request.actor, application),
        "error": error,
        "typed": typed or {},
    }
    return render(request, "desk/charge.html", context, status=UNPROCESSABLE if error else 200)


@requires(Permission.READ_MONEY)
@require_http_methods(["GET", "POST"])
def find(request: PortalRequest) -> HttpResponse:
    """GET shows the search; POST searches, so that no search term stands in an address."""
    typed = {name: latin_digits(request.POST.get(name, "")).strip()[:80] for name in FIELDS}
    context: dict[str, object] = {"typed": typed, "sought": False}
    if request.method == "GET":
        return render(request, "desk/money.html", context)
    sought, errors = _read(typed)
    if not errors and sought.is_empty:
        errors = {"amount": _("Fill in at least one of the four fields.")}
    if errors:
        return render(request, "desk/money.html", context | {"errors": errors}, status=UNPROCESSABLE)
    found = search(sought, actor=request.actor, only=A_LIST + 1)
    by = [name for name in FIELDS if typed[name]]
    record("seek-money", request.actor.person, actor=request.actor, at=timezone.now(), by=by)
    context |= {"sought": True, "rows": _rows(found[:A_LIST]), "has_more": len(found) > A_LIST}
    return render(request, "desk/money.html", context)


def _read(typed: dict[str, str]) -> tuple[Criteria, dict[str, Promise]]:
    errors: dict[str, Promise] = {}
    money, day = None, None
    if typed["amount"]:
        try:
            money = Money.parse(typed["amount"], territory().currency)
        except MoneyError:
            errors["amount"] = _("Enter an amount of money.")
    if typed["card"] and not re.fullmatch("[0-9]{4}", typed["card"]):
        errors["card"] = _("Enter the last 4 digits of the card.")
    if typed["day"]:
        try:
            day = date.fromisoformat(typed["day"])
        except ValueError:
            errors["day"] = _("Enter the day, like 2026-11-26.")
    return Criteria(money=money, reference=typed["reference"].upper(), card=typed["card"], day=day), errors


def _rows(charges: list[Charge]) -> list[MoneyRow]:
    names = ServiceVersion.objects.names({each.application.service_version_id for each in charges})
    return [
        MoneyRow(
            charge=each,
            service=names[each.application.service_version_id],
            payer=(each.application.company or each.application.applicant).name,
        )
        for each in charges
    ]
