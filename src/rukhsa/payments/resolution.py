"""A resolution: what a gateway's statement says of a payment in doubt, read by one person and by another."""

import uuid

from django.db import models
from django.db.models import Q

from rukhsa.accounts.models import Person


class Resolution(models.Model):
    """That a payment in doubt was captured, or was not, by a line of the gateway's statement."""

    class Outcome(models.TextChoices):
        CAPTURED = "captured"
        FAILED = "failed"

    class State(models.TextChoices):
        PROPOSED = "proposed"
        APPROVED = "approved"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey("payments.Attempt", models.PROTECT, related_name="resolutions")
    outcome = models.CharField(max_length=8, choices=Outcome)
    statement = models.CharField(max_length=80)  # which statement, and where in it
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attempt"], condition=Q(state="proposed"), name="one_resolution_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(statement=""), name="resolved_by_a_statement"),
            models.CheckConstraint(
                condition=Q(state="refused") | Q(decided_by=None) | ~Q(decided_by=models.F("proposed_by")),
                name="resolution_approved_by_another",
            ),
        ]
