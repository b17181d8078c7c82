"""Who has an application in hand: an officer takes it, or gives it to another."""

from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission, Role
from rukhsa.applications.application import lock
from rukhsa.applications.interest import require_no_interest
from rukhsa.applications.models import Application
from rukhsa.applications.stages import OPEN_STAGES
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Post
from rukhsa.jobs import advance_soon
from rukhsa.mandates.deputy import examiners
from rukhsa.review import participant, queue
from rukhsa.review.errors import Closed, ReviewError
from rukhsa.review.queue import QueueEntry


class NotTheirs(ReviewError):
    """An application handed to a person without a post that could take it."""

    code = "not-an-officer-here"
    text = _("This person is not an officer of this authority.")


class Assignment(models.Model):
    """An officer takes an application in hand; the newest row holds. One without an officer released it."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="assignments")
    officer = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
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
    if officer.pk != actor.person.pk:
        _tell_at_once(officer, application, at)
    return assignment


def _tell_at_once(officer: Person, application: Application, at: datetime) -> None:
    from rukhsa.staff.letter import tell  # the verifier's process has no staff
    from rukhsa.staff.letter_choice import How, choice_of

    if choice_of(officer) is How.AT_ONCE:
        tell(officer, "given", at=at, about=str(application))


def take_if_free(application: Application, officer: Actor, at: datetime) -> None:
    """Let an officer who acts on an application that no officer has take it, so that its answer comes back to a person.

    For a locked application; the caller refreshes the queue.
    """
    newest = application.assignments.order_by("-id").first()
    if newest is None or newest.officer_id is None:
        Assignment.objects.create(application=application, officer=officer.person, at=at)
        record("assign", application, actor=officer, at=at, officer=str(officer.person.pk))


# An ended post is looked for this long, so that a sweep that did not run is made up for.
_LOOKED_FOR = timedelta(days=14)


@transaction.atomic
def release_of_ended_posts(*, at: datetime) -> int:
    """Release what is in hand of officers whose post at the authority has ended, and tell its supervisors.

    It reads the posts that ended lately, and returns how many applications were released."""
    from rukhsa.staff.letter import tell  # the verifier's process has no staff

    today = timezone.localdate(at)
    ended = Post.objects.filter(ends_on__lt=today, ends_on__gte=today - _LOOKED_FOR).exclude(authority=None)
    pairs = set(ended.values_list("person", "authority"))
    gone = [
        models.Q(officer=person, authority=authority)
        for person, authority in pairs
        if person not in examiners(authority, at=at)
    ]
    if not gone:
        return 0
    released: dict[str, int] = {}
    in_hand = QueueEntry.objects.filter(reduce(or_, gone)).select_related("application")
    for entry in in_hand.order_by("application"):  # applications are always locked in this order
        application = lock(entry.application)
        if not QueueEntry.objects.filter(pk=entry.pk, officer=entry.officer_id).exists():
            continue  # it was handed over meanwhile
        Assignment.objects.create(application=application, officer=None, at=at)
        record("release-application", application, actor=None, at=at, officer=str(entry.officer_id))
        queue.refresh(application, at)
        released[entry.authority_id] = released.get(entry.authority_id, 0) + 1
    for authority, count in released.items():
        supervisors = Post.objects.in_force(on=today).filter(authority=authority, role=Role.SUPERVISOR)
        for reader in Person.objects.filter(pk__in=supervisors.values("person"), is_active=True):
            tell(reader, "released", at=at, about=str(count))
    return sum(released.values())
