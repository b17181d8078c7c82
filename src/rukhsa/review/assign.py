"""Takes an application in hand, or gives it to another officer."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.jobs import advance_soon
from rukhsa.review import queue, reach
from rukhsa.review.errors import Closed, NotTheirs
from rukhsa.review.models import OPEN_STAGES, Assignment


def assign(application: Application, officer: Actor, at: datetime) -> Assignment:
    """The officer takes the application in hand; taking it again changes nothing."""
    return hand_over(application, officer.person, actor=officer, at=at)


@transaction.atomic
def hand_over(application: Application, officer: Person, *, actor: Actor, at: datetime) -> Assignment:
    """Give an open application to an officer of its authority; raise `NotTheirs` for anybody else, or `Closed`."""
    application = reach.lock(application, actor, Permission.ASSIGN)
    if not reach.officers(application, on=timezone.localdate(at)).filter(pk=officer.pk).exists():
        raise NotTheirs
    newest = application.assignments.order_by("-id").first()
    if newest and newest.officer_id == officer.pk:
        return newest
    if application.stage not in OPEN_STAGES:
        raise Closed
    assignment = Assignment.objects.create(application=application, officer=officer, at=at)
    record("assign", application, actor=actor, at=at, officer=str(officer.pk))
    queue.place(application, at)
    advance_soon(application.pk)
    return assignment
