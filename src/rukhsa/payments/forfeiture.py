"""A forfeiture: that a part of a deposit is kept, asked for by one of the staff with pictures, approved by another."""

import uuid

from django.db import models
from django.db.models import Q

from rukhsa.agreement import Agreement
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import ScopedQuerySet
from rukhsa.values.money import Money


class Forfeiture(Agreement):
    """An amount of a deposit that an authority is asked to keep, with the reason and the pictures."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey("payments.ChargeLine", models.PROTECT, related_name="forfeitures")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400)
    photos = models.JSONField(default=list)  # digests

    objects = ScopedQuerySet["Forfeiture"].as_manager()

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.UniqueConstraint(
                fields=["line"], condition=Q(state="proposed"), name="one_forfeiture_at_a_time"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="forfeiture_of_something"),
            models.CheckConstraint(condition=~Q(reason=""), name="forfeiture_with_a_reason"),
        ]
        indexes = [
            models.Index(
                fields=["authority", "proposed_at"],
                condition=Q(state="proposed"),
                name="forfeitures_to_decide",
            )
        ]

    @property
    def money(self) -> Money:
        """The amount as a value."""
        return Money(minor=self.amount, currency=self.currency)

    def journal_detail(self) -> dict[str, str]:
        """How much."""
        return {"amount": str(self.money)}
