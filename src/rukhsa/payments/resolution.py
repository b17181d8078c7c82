"""A resolution: what a gateway's statement says of a payment in doubt, read by one person and by another."""

import uuid

from django.db import models
from django.db.models import Q

from rukhsa.agreement import Agreement


class Resolution(Agreement):
    """That a payment in doubt was captured, or was not, by a line of the gateway's statement."""

    class Outcome(models.TextChoices):
        CAPTURED = "captured"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey("payments.Attempt", models.PROTECT, related_name="resolutions")
    outcome = models.CharField(max_length=8, choices=Outcome)
    statement = models.CharField(max_length=80)  # which statement, and where in it

    authority_path = "attempt__charge__application__authority"

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.UniqueConstraint(
                fields=["attempt"], condition=Q(state="proposed"), name="one_resolution_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(statement=""), name="resolved_by_a_statement"),
        ]

    def journal_detail(self) -> dict[str, str]:
        """Of which attempt, and what became of it."""
        return {"attempt": str(self.attempt_id), "outcome": self.outcome}
