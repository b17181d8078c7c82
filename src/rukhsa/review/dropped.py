"""What was asked for and is no step any more, since the application follows another process. Written once."""

from django.db import models
from django.db.models import Q

from rukhsa.applications.models import ProcessChange


class Dropped(models.Model):
    """That nobody wants the answer to a referral, or the report of a visit, because of a change of process."""

    referral = models.OneToOneField("review.Referral", models.PROTECT, null=True, related_name="dropped")
    inspection = models.OneToOneField("review.Inspection", models.PROTECT, null=True, related_name="dropped")
    change = models.ForeignKey(ProcessChange, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(referral=None) ^ Q(inspection=None), name="dropped_a_referral_or_a_visit"
            )
        ]
