"""The search for charges: by amount, any reference, a card's last digits, the day of payment, or all of these.

Each part is looked up in an index of its own; none reads a whole table. Where many charges match, those assessed last
are found, as many as are asked for.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.territory import territory
from rukhsa.payments.attempt import Attempt
from rukhsa.payments.charge import Charge, ChargeQuerySet, Receipt
from rukhsa.payments.payout import Payout
from rukhsa.values.money import Money

# How many payments of one card or one reference are looked at; in practice there are fewer.
MOST = 500


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """What is known of a payment; a part that is not known is None or empty."""

    money: Money | None = None
    reference: str = ""
    card: str = ""
    day: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known at all."""
        return self == Criteria()


def search(criteria: Criteria, *, actor: Actor, only: int) -> list[Charge]:
    """The charges that match, where the actor reads about money; at most `only`, the newest first."""
    found = matching(criteria).on_which(actor, Permission.READ_MONEY)
    needed = ("application__applicant", "application__company", "receipt")
    return list(found.select_related(*needed).order_by("-assessed_at", "pk")[:only])


def matching(criteria: Criteria) -> ChargeQuerySet:
    """The charges that match, at every authority."""
    found = Charge.objects.all()
    if criteria.money is not None:
        found = found.filter(amount=criteria.money.minor, currency=criteria.money.currency)
    if criteria.reference:
        found = found.filter(pk__in=_by_reference(criteria.reference))
    if criteria.card:
        of_card = Attempt.objects.filter(card=criteria.card).order_by("-started_at")
        found = found.filter(pk__in=list(of_card.values_list("charge_id", flat=True)[:MOST]))
    if criteria.day:
        start, end = territory().bounds(criteria.day)
        found = found.filter(receipt__at__gte=start, receipt__at__lt=end)
    return found


def _by_reference(reference: str) -> set[UUID]:
    """By our reference or theirs: of the application, the receipt, the attempt at the gateway, or the payout."""
    sent_back = Payout.objects.filter(reference=reference).exclude(reference="")
    places: list[tuple[QuerySet[Any], str]] = [
        (Application.objects.filter(reference=reference), "charges"),
        (Receipt.objects.filter(number=reference), "charge_id"),
        (Attempt.objects.filter(reference=reference), "charge_id"),
        (Attempt.objects.filter(gateway_reference=reference).exclude(gateway_reference=""), "charge_id"),
        (Attempt.objects.filter(carried_by__reference=reference), "charge_id"),
        (
            Attempt.objects.filter(carried_by__gateway_reference=reference).exclude(
                carried_by__gateway_reference=""
            ),
            "charge_id",
        ),
        (sent_back, "refund__attempt__charge_id"),
        (sent_back, "release__line__charge_id"),
    ]
    found = (rows.values_list(charge, flat=True)[:MOST] for rows, charge in places)
    return {pk for rows in found for pk in rows if pk}
