"""Who has an application in hand: an officer takes it, or gives it to another."""

from datetime import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.interest import require_no_interest
from rukhsa.applications.models import Application
from rukhsa.applications.stages import OPEN_STAGES
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.jobs import advance_soon
from rukhsa.review import participant, queue
from rukhsa.review.errors import Closed, ReviewError


class NotTheirs(ReviewError):
    """An application handed to a person without a post that could take it."""

    code = "not-an-officer-here"
    text = _("This person is not an officer of this authority.")


class Assignment(models.Model):
    """An officer takes an application in hand; the newest row holds."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="assignments")
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


def assign(application: Application, officer: Actor, at: datetime) -> Assignment:
    """The officer takes the application in hand; taking it again changes nothing."""
    return hand_over(application, officer.person, actor=officer, at=at)


@transaction.atomic
def hand_over(application: Application, officer: Person, *, actor: Actor, at: datetime) -> Assignment:
    """Give an open application to an officer of its authority. Raises NotTheirs for other people, OwnInterest, and
    Closed."""
    application = participant.lock_for(application, actor, Permission.ASSIGN, at=at)
    if not participant.officers(application, on=timezone.localdate(at)).filter(pk=officer.pk).exists():
        raise NotTheirs
    require_no_interest(application, officer)
    newest = application.assignments.order_by("-id").first()
    if newest and newest.officer_id == officer.pk:
        return newest
    if application.stage not in OPEN_STAGES:
        raise Closed
    assignment = Assignment.objects.create(application=application, officer=officer, at=at)
    record("assign", application, actor=actor, at=at, officer=str(officer.pk))
    queue.refresh(application, at)
    advance_soon(application.pk)
    return assignment
