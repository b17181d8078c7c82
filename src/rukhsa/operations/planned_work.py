"""Planned work on the service: what people are told beforehand that will not work, from when until when."""

import uuid
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import F, Q, QuerySet

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import TERRITORY
from rukhsa.errors import RukhsaError

AHEAD = timedelta(days=60)  # a date mistyped by a year would otherwise stay on the page until then
LONGEST = timedelta(days=3)


class NotAPlan(RukhsaError):
    """Work that is over already, ends before it begins, lasts longer than 3 days or is more than 60 days away."""

    code = "planned-work-dates"


class PlannedWorkQuerySet(QuerySet["PlannedWork"]):
    """Planned work."""

    def announced(self, *, at: datetime) -> QuerySet["PlannedWork"]:
        """What is not over and was not withdrawn, the next first."""
        return self.filter(ends_at__gt=at, withdrawn_at=None).order_by("starts_at", "pk")


class PlannedWork(models.Model):
    """One piece of work: which parts of the service stop meanwhile, and why, in both languages."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    parts = models.JSONField()  # a list of service_status.Part
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ar = models.CharField(max_length=200)
    en = models.CharField(max_length=200)
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = PlannedWorkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="planned_work_ends_later"),
            models.CheckConstraint(
                condition=Q(withdrawn_by=None, withdrawn_at=None)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
                name="planned_work_withdrawn_by_a_person",
            ),
        ]


@transaction.atomic
def announce(work: PlannedWork, *, actor: Actor, at: datetime) -> PlannedWork:
    """Tell people of planned work, from now until it is over. Raises NotPermitted, NotAPlan."""
    actor.require(Permission.OPERATE, at=TERRITORY)
    lasts = work.ends_at - work.starts_at
    if work.ends_at <= at or work.starts_at > at + AHEAD or not timedelta(0) < lasts <= LONGEST:
        raise NotAPlan
    work.entered_by, work.entered_at = actor.person, at
    work.save(force_insert=True)
    record("announce-work", work, actor=actor, at=at, parts=work.parts)
    return work


@transaction.atomic
def withdraw(pk: uuid.UUID, *, actor: Actor, at: datetime) -> PlannedWork:
    """Tell people no longer of planned work; once it is withdrawn it changes nothing.

    Raises NotPermitted, PlannedWork.DoesNotExist.
    """
    actor.require(Permission.OPERATE, at=TERRITORY)
    work = PlannedWork.objects.select_for_update(of=("self",)).get(pk=pk)
    if work.withdrawn_at is None:
        work.withdrawn_by, work.withdrawn_at = actor.person, at
        work.save(update_fields=["withdrawn_by", "withdrawn_at"])
        record("withdraw-work", work, actor=actor, at=at)
    return work
