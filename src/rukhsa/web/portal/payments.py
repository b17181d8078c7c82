"""A person's payments over all applications: what is owed, what was paid, and what is returned."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.payments.charge import ChargeQuerySet
from rukhsa.payments.models import Attempt, Charge, Payout, Refund
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal.deposits import deposits_of, objections
from rukhsa.web.reckoning import LineShown, lines_of

A_PAGE = 20
# Cached by the process: a definition is read from the database once.
SELDOM_READ = ("application__service_version__meaning", "application__service_version__source_text")
MOST_OWED = 20

REASONS: dict[str, Promise] = {
    Refund.Reason.PAID_TWICE: _("You paid twice"),
    Refund.Reason.PAID_AFTER_GIVING_UP: _("You paid with an attempt that had been replaced"),
    Refund.Reason.OVERPAID: _("You paid too much"),
    Refund.Reason.UNDERPAID: _("You paid less than the amount due, so it does not count"),
    Refund.Reason.APPLICATION_CLOSED: _("You paid for an application that was closed"),
    Refund.Reason.QUOTE_REPLACED: _("You paid an amount that had been replaced"),
}


@dataclass(frozen=True, kw_only=True)
class ChargeShown:
    """A charge with its lines, and whether a payment of it is open or in doubt."""

    charge: Charge
    lines: list[LineShown]
    is_begun: bool
    is_in_doubt: bool


@requires(Permission.APPLY)
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """What is owed first, then what is returned, then what was paid, the newest first."""
    paid = _charges(request.actor).filter(receipt__isnull=False, amount__gt=0).order_by("-receipt__at", "-pk")
    page = Paginator(paid, A_PAGE).get_page(request.GET.get("page"))
    first = page.number == 1
    context = {
        "owed": _shown(owed_by(request.actor)) if first else [],
        "deposits": deposits_of(request.actor) if first else [],
        "refunds": _refunds(request.actor) if first else [],
        "objections": objections(),
        "page": page,
        "paid": _shown(page.object_list),
    }
    return render(request, "portal/money.html", context)


def owed_by(actor: Actor) -> list[Charge]:
    """The charges the actor has still to pay, the oldest first; a replaced charge is not owed."""
    return list(_charges(actor).owed().order_by("assessed_at")[:MOST_OWED])


def _charges(actor: Actor) -> ChargeQuerySet:
    needed = ("application__service_version", "receipt__attempt")
    mine = Charge.objects.filter(application__in=Application.objects.of_applicant(actor))
    return mine.select_related(*needed).defer(*SELDOM_READ).prefetch_related("lines")


def _shown(charges: Iterable[Charge]) -> list[ChargeShown]:
    charges = list(charges)
    begun = _charges_of(Attempt.objects.open(), charges)
    doubted = _charges_of(Attempt.objects.in_doubt(), charges)
    return [
        ChargeShown(
            charge=each, lines=lines_of(each), is_begun=each.pk in begun, is_in_doubt=each.pk in doubted
        )
        for each in charges
    ]


def _charges_of(attempts: QuerySet[Attempt], charges: list[Charge]) -> set[UUID]:
    return set(attempts.filter(charge__in=charges).values_list("charge_id", flat=True))


def _refunds(actor: Actor) -> list[tuple[Refund, Promise, Payout | None]]:
    """The actor's refunds, the newest first, each with its payout."""
    mine = Refund.objects.filter(attempt__charge__application__in=Application.objects.of_applicant(actor))
    rows = mine.select_related("attempt__charge__application__service_version").prefetch_related("payouts")
    return [(each, REASONS[each.reason], _way(each)) for each in rows.order_by("-due_at")[:MOST_OWED]]


def _way(refund: Refund) -> Payout | None:
    return next((each for each in refund.payouts.all() if each.state in Payout.LIVE), None)
