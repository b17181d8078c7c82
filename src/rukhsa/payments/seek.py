"""Seeking a charge: by amount, by any reference, by a card's last digits, by the day of payment, and by all at once.

Each part is looked up in an index of its own; none reads a whole table. Many charges have the same amount: those
assessed last are found, as many as are asked for.
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
from rukhsa.payments.models import Attempt, Charge, ChargeQuerySet, Payout, Receipt
from rukhsa.values.money import Money

# So many payments of one card or one reference are looked at: nobody has more to pay.
MOST = 500


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What is known of a payment; what is not known is None or empty."""

    money: Money | None = None
    reference: str = ""
    card: str = ""
    day: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known at all."""
        return self == Sought()


def seek(sought: Sought, *, actor: Actor, only: int) -> list[Charge]:
    """The charges where the actor reads about money, of which all that is known is true; at most `only`, the newest
    first."""
    found = charges(sought).on_which(actor, Permission.READ_MONEY)
    needed = ("application__applicant", "application__company", "receipt")
    return list(found.select_related(*needed).order_by("-assessed_at", "pk")[:only])


def charges(sought: Sought) -> ChargeQuerySet:
    """The same wherever they are."""
    found = Charge.objects.all()
    if sought.money is not None:
        found = found.filter(amount=sought.money.minor, currency=sought.money.currency)
    if sought.reference:
        found = found.filter(pk__in=_by_reference(sought.reference))
    if sought.card:
        of_card = Attempt.objects.filter(card=sought.card).order_by("-started_at")
        found = found.filter(pk__in=list(of_card.values_list("charge_id", flat=True)[:MOST]))
    if sought.day:
        start, end = territory().bounds(sought.day)
        found = found.filter(receipt__at__gte=start, receipt__at__lt=end)
    return found


def _by_reference(reference: str) -> set[UUID]:
    """Ours or theirs: of the application, the receipt, the attempt at the gateway, or what was sent back."""
    sent_back = Payout.objects.filter(reference=reference).exclude(reference="")
    places: list[tuple[QuerySet[Any], str]] = [
        (Application.objects.filter(reference=reference), "charges"),
        (Receipt.objects.filter(number=reference), "charge_id"),
        (Attempt.objects.filter(reference=reference), "charge_id"),
        (Attempt.objects.filter(gateway_reference=reference).exclude(gateway_reference=""), "charge_id"),
        (sent_back, "refund__attempt__charge_id"),
        (sent_back, "release__line__charge_id"),
    ]
    found = (rows.values_list(charge, flat=True)[:MOST] for rows, charge in places)
    return {pk for rows in found for pk in rows if pk}
