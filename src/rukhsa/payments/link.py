"""A payment link: an address at which anybody may pay one charge, and sees nothing of whose it is."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q

from rukhsa.accounts.models import Person


class PaymentLink(models.Model):
    """Opens the payment of one charge to whoever has it, until it expires or is revoked.

    Its id is its secret: 122 random bits. The page behind it shows the amount and the service.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    charge = models.ForeignKey("payments.Charge", models.PROTECT, related_name="links")
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["charge"], condition=Q(revoked_at=None), name="one_link_of_a_charge"
            )
        ]

    def is_open(self, at: datetime) -> bool:
        """Whether it can still be paid by."""
        return self.revoked_at is None and at < self.expires_at
