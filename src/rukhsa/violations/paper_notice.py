"""The notice of a violation on paper: that it was handed over or left at the place, when, and to whom."""

import uuid
from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.violations.violation import NotRecorded, Violation, lock_standing


class PaperNotice(models.Model):
    """One notice on paper. Written once; the name of who took it is erased with the violation."""

    class Way(models.TextChoices):
        HANDED = "handed-over", _("Handed over")
        LEFT = "left-at-the-place", _("Left at the place")
        REFUSED = "refused", _("Offered, and not accepted")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    violation = models.ForeignKey(Violation, models.PROTECT, related_name="paper_notices")
    way = models.CharField(max_length=20, choices=Way)
    taken_by = models.CharField(max_length=200, blank=True)  # who took it, as the inspector wrote
    served_at = models.DateTimeField()
    inspector = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()  # when it was recorded

    class Meta:
        ordering = ["served_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(at__gte=models.F("served_at") - timedelta(minutes=5)),
                name="paper_notice_not_in_the_future",
            )
        ]


@transaction.atomic
def record_paper_notice(
    violation: Violation, *, way: str, taken_by: str, served_at: datetime, actor: Actor, at: datetime
) -> PaperNotice:
    """Record that the notice of a confirmed violation was served on paper; who took it where it was handed over.

    Raises NotPermitted, NotStanding, NotRecorded.
    """
    actor.require(Permission.RECORD_VIOLATION, at=violation.scope)
    standing = lock_standing(violation)
    taken_by = " ".join(taken_by.split())[:200]
    if way not in PaperNotice.Way:
        raise NotRecorded(_("Say how the notice was given."))
    if way == PaperNotice.Way.HANDED and not taken_by:
        raise NotRecorded(_("Say who took the notice."))
    if served_at > at + timedelta(minutes=5):
        raise NotRecorded(_("The time cannot be in the future."))
    if standing.decided_at and served_at < standing.decided_at - timedelta(minutes=1):
        raise NotRecorded(_("The notice cannot be older than the day on which the violation was confirmed."))
    made = PaperNotice.objects.create(
        violation=standing, way=way, taken_by=taken_by, served_at=served_at, inspector=actor.person, at=at
    )
    record("serve-violation", standing, actor=actor, at=at, number=standing.number, way=way)
    return made
