"""Terms: the time that an applicant has to pay or to complete. A row goes away when the applicant has acted."""

from datetime import datetime

from django.db import models

from rukhsa.applications import reservation
from rukhsa.applications.application import Application, move
from rukhsa.applications.stages import Act


class Term(models.Model):
    """What an application waits for from its applicant, since when, and the moment at which it ends by itself."""

    class Kind(models.TextChoices):
        PAY = "pay"
        COMPLETE = "complete"

    application = models.OneToOneField(Application, models.PROTECT, primary_key=True, related_name="term")
    kind = models.CharField(max_length=8, choices=Kind)
    since = models.DateTimeField()
    ends_at = models.DateTimeField()
    remind_at = models.DateTimeField(null=True)  # the next reminder; empty after the last

    class Meta:
        indexes = [
            models.Index(fields=["ends_at"], name="terms_by_their_end"),
            models.Index(
                fields=["remind_at"], condition=models.Q(remind_at__isnull=False), name="terms_to_remind_of"
            ),
        ]

    def is_of(self, kind: str, since: datetime) -> bool:
        """Whether it is about this wait, and not an earlier one."""
        return (self.kind, self.since) == (kind, since)


def lapse(application: Application, *, at: datetime) -> None:
    """End a locked application by itself, and free what it holds. Raises NotPossible."""
    move(application, Act.LAPSE, actor=None, at=at)
    reservation.give_back(application)
