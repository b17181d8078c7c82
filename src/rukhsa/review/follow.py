"""Has an application follow a newer process, and asks no more for what that leaves out."""

from datetime import datetime

from django.db import transaction

from rukhsa.applications.migrate import migrate
from rukhsa.applications.models import Application, ProcessChange
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.steps import InspectStep, ReferStep
from rukhsa.jobs import advance_soon
from rukhsa.review import queue, reach
from rukhsa.review.dropped import Dropped
from rukhsa.review.models import Inspection, Referral, WaitingInspection, WaitingReferral


@transaction.atomic
def follow(application: Application, *, reason: str, actor: Actor, at: datetime) -> ProcessChange:
    """Follow the newer process; referrals and visits that are open and no step of it are dropped by rule.

    Raises what `migrate` raises. A step that a still newer process brings back is asked for anew.
    """
    change = migrate(application, reason=reason, actor=actor, at=at)
    application = reach.lock_for_system(application)
    steps = application.definition.steps
    asked = {step.refer for step in steps if isinstance(step, ReferStep)}
    visited = {step.inspect for step in steps if isinstance(step, InspectStep)}
    for referral in Referral.objects.filter(application=application).open().exclude(step__in=asked):
        Dropped.objects.create(referral=referral, change=change, at=at)
        WaitingReferral.objects.filter(referral=referral).delete()
        record("drop-referral", referral, actor=None, at=at, step=referral.step)
    visits = Inspection.objects.filter(application=application, after_issue=False).open()
    for visit in visits.exclude(step__in=visited):
        Dropped.objects.create(inspection=visit, change=change, at=at)
        WaitingInspection.objects.filter(inspection=visit).delete()
        record("drop-inspection", visit, actor=None, at=at, step=visit.step)
    queue.place(application, at)
    advance_soon(application.pk)
    return change
