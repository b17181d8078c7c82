"""A payout: money on its way back to a person, asked for by one of the staff and approved by another."""

import uuid

from django.db import models
from django.db.models import Q

from rukhsa.accounts.models import Person
from rukhsa.agreement import Agreement
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import ScopedQuerySet
from rukhsa.values.money import Money


class Payout(Agreement):
    """Money that goes back to a person: asked for by one member of staff, approved by another, sent once.

    It is of a refund, or of a deposit's release. It is stored as sent before anybody is asked to send it, so that
    nobody is asked twice.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed"
        SENT = "sent"  # approved and handed over; the end is not known yet
        DONE = "done"
        REFUSED = "refused"  # by the second person, or by the gateway

    LIVE = (State.PROPOSED, State.SENT, State.DONE)
    TRANSFER = "bank-transfer"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    refund = models.ForeignKey("payments.Refund", models.PROTECT, null=True, related_name="payouts")
    release = models.ForeignKey("payments.DepositMovement", models.PROTECT, null=True, related_name="payouts")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    channel = models.CharField(max_length=20)  # a gateway, or bank-transfer
    iban = models.CharField(max_length=34, blank=True)
    # Nobody could say of which bank the account is, and whoever asked compared it with what the bank wrote.
    is_compared = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    reference = models.CharField(max_length=80, blank=True)  # the gateway's or the bank's
    # None: sent by one person alone, before two were asked for.
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # type: ignore[assignment]
    ended_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["Payout"].as_manager()

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.CheckConstraint(
                condition=Q(refund=None) ^ Q(release=None), name="payout_of_a_refund_or_a_release"
            ),
            models.UniqueConstraint(
                fields=["refund"],
                condition=Q(state__in=["proposed", "sent", "done"]),
                name="refund_sent_once",
            ),
            models.UniqueConstraint(
                fields=["release"],
                condition=Q(state__in=["proposed", "sent", "done"]),
                name="release_sent_once",
            ),
            models.CheckConstraint(
                condition=~Q(channel="bank-transfer") | ~Q(iban=""), name="transfer_goes_to_an_account"
            ),
        ]
        indexes = [
            models.Index(
                fields=["authority", "proposed_at"],
                condition=Q(state__in=["proposed", "sent"]),
                name="payouts_under_way",
            ),
            models.Index(fields=["reference"], condition=~Q(reference=""), name="payouts_by_reference"),
        ]

    @property
    def money(self) -> Money:
        """The amount as a value."""
        return Money(minor=self.amount, currency=self.currency)

    def journal_detail(self) -> dict[str, str]:
        """How much, and which way."""
        return {"channel": self.channel, "amount": str(self.money)}
