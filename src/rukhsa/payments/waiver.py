"""A waiver: that a part or all of a row of a charge is not claimed, asked for by one and approved by another."""

import uuid

from django.db import models
from django.db.models import Q

from rukhsa.agreement import Agreement
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import ScopedQuerySet
from rukhsa.values.money import Money


class Waiver(Agreement):
    """An amount of one row of a charge that an authority does not claim, with the reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    charge = models.ForeignKey("payments.Charge", models.PROTECT, related_name="waivers")
    rule = models.CharField(max_length=60)  # of the line
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400)

    objects = ScopedQuerySet["Waiver"].as_manager()

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.UniqueConstraint(
                fields=["charge", "rule"], condition=~Q(state="refused"), name="one_waiver_a_line"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="waiver_of_something"),
            models.CheckConstraint(condition=~Q(reason=""), name="waived_with_a_reason"),
        ]
        indexes = [
            models.Index(
                fields=["authority", "proposed_at"], condition=Q(state="proposed"), name="waivers_to_decide"
            )
        ]

    @property
    def money(self) -> Money:
        """The amount as a value."""
        return Money(minor=self.amount, currency=self.currency)

    def journal_detail(self) -> dict[str, str]:
        """The row, and how much of it."""
        return {"rule": self.rule, "amount": str(self.money)}
