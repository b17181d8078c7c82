"""Moves an application to the newer process of its service, and drops the referrals and visits that it leaves out."""

from datetime import datetime

from django.db import models, transaction
from django.db.models import Q

from rukhsa.accounts.models import Person
from rukhsa.applications.application import lock
from rukhsa.applications.models import Application, ProcessChange
from rukhsa.applications.process_change import change_process
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.steps import InspectStep, ReferStep
from rukhsa.jobs import advance_soon
from rukhsa.review import queue
from rukhsa.review.inspection import Inspection
from rukhsa.review.queue import WaitingInspection, WaitingReferral
from rukhsa.review.referral import Referral


class Dropped(models.Model):
    """A referral or a visit that was open is asked for no more: a change of process left it out, or an officer took
    back what was added. Written once."""

    referral = models.OneToOneField("review.Referral", models.PROTECT, null=True, related_name="dropped")
    inspection = models.OneToOneField("review.Inspection", models.PROTECT, null=True, related_name="dropped")
    change = models.ForeignKey(ProcessChange, models.PROTECT, null=True, related_name="+")
    taken_back_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    taken_back_because = models.TextField(blank=True, default="", db_default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(referral=None) ^ Q(inspection=None), name="dropped_a_referral_or_a_visit"
            ),
            models.CheckConstraint(
                condition=Q(change__isnull=False, taken_back_by=None, taken_back_because="")
                | (Q(change=None, taken_back_by__isnull=False) & ~Q(taken_back_because="")),
                name="dropped_by_a_process_or_an_officer",
            ),
        ]

    @property
    def officer(self) -> Person:
        """Who changed the process, or took the step back."""
        if self.change:
            return self.change.officer
        assert self.taken_back_by  # as the database keeps it
        return self.taken_back_by

    @property
    def reason(self) -> str:
        """Why it is asked for no more."""
        return self.change.reason if self.change else self.taken_back_because


@transaction.atomic
def follow_newer_process(
    application: Application, *, reason: str, actor: Actor, at: datetime
) -> ProcessChange:
    """Follow the newer process; open referrals and visits that are no step of it are dropped.

    Raises what `change_process` raises. A step that a still newer process brings back is asked for again.
    """
    change = change_process(application, reason=reason, actor=actor, at=at)
    application = lock(application)
    steps = application.definition.steps
    asked = {step.refer for step in steps if isinstance(step, ReferStep)}
    visited = {step.inspect for step in steps if isinstance(step, InspectStep)}
    of_process = {"application": application, "added_because": ""}
    for referral in Referral.objects.filter(**of_process).open().exclude(step__in=asked):
        Dropped.objects.create(referral=referral, change=change, at=at)
        WaitingReferral.objects.filter(referral=referral).delete()
        record("drop-referral", referral, actor=None, at=at, step=referral.step)
    visits = Inspection.objects.filter(**of_process, after_issue=False).open()
    for visit in visits.exclude(step__in=visited):
        Dropped.objects.create(inspection=visit, change=change, at=at)
        WaitingInspection.objects.filter(inspection=visit).delete()
        record("drop-inspection", visit, actor=None, at=at, step=visit.step)
    queue.refresh(application, at)
    advance_soon(application.pk)
    return change
