"""More time: an agency says why it cannot answer by its term, and by which day it will."""

from datetime import date, datetime, time, timedelta

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.application import lock
from rukhsa.applications.interest import require_no_interest
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.jobs import advance_soon
from rukhsa.review import participant, queue
from rukhsa.review.deadline import deadline
from rukhsa.review.errors import Closed, ReviewError
from rukhsa.review.queue import WaitingReferral
from rukhsa.review.referral import Referral, step_of


class MoreTimeUnexplained(ReviewError):
    """More time is asked for without a reason."""

    code = "more-time-unexplained"
    text = _("Enter why your agency needs more time.")


class MoreTimeUnfit(ReviewError):
    """The day is not after the term, or later than the step allows; or more time was taken before."""

    code = "more-time-unfit"
    text = _("Choose a day after the present one, up to the last day shown. More time is given once.")


class MoreTime(models.Model):
    """That an agency took more time for its answer, once, with a reason; the authority is told."""

    referral = models.OneToOneField(Referral, models.PROTECT, related_name="more_time")
    reason = models.TextField()
    due_at = models.DateTimeField()
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="more_time_has_a_reason")]

    @property
    def until(self) -> date:
        """The last day of the time that was taken."""
        return timezone.localdate(self.due_at - timedelta(seconds=1))


@transaction.atomic
def ask_for_more(
    referral: Referral, until: date | None, reason: str, *, key: str = "", actor: Actor, at: datetime
) -> MoreTime:
    """Move the term of a question to the end of a day, as one of the agency's people, before the term is over.

    The same again changes nothing. `key` is of the system that sent it. Raises Referral.DoesNotExist out of reach,
    Closed, MoreTimeUnexplained, MoreTimeUnfit, OwnInterest.
    """
    actor.require_somewhere(Permission.ANSWER_REFERRAL)
    referral = Referral.objects.on_which(actor, Permission.ANSWER_REFERRAL).get(pk=referral.pk)
    application = lock(referral.application)
    require_no_interest(application, actor.person)
    present = MoreTime.objects.filter(referral=referral).first()
    if present and (present.until, present.reason) == (until, reason.strip()):
        return present
    if not Referral.objects.open().filter(pk=referral.pk).exists():
        raise Closed
    if not reason.strip():
        raise MoreTimeUnexplained
    last = last_day_for(referral, at=at)
    if last is None or until is None or not _day_of(referral) < until <= last:
        raise MoreTimeUnfit
    due_at = timezone.make_aware(datetime.combine(until + timedelta(days=1), time.min))
    given = MoreTime.objects.create(
        referral=referral, reason=reason.strip(), due_at=due_at, officer=actor.person, at=at
    )
    WaitingReferral.objects.filter(referral=referral).update(due_at=due_at, told=1)
    by_system = {"key": key} if key else {}
    record("take-more-time", referral, actor=actor, at=at, until=str(until), **by_system)
    participant.tell_authority(application, "agency-more-time", at=at)
    queue.refresh(application, at)
    advance_soon(application.pk)
    return given


def last_day_for(referral: Referral, *, at: datetime) -> date | None:
    """The last day until which more time can be taken: as long again as the step gives. None where it was taken, where
    the term is over, or where the process no longer has the step."""
    step = step_of(referral.application, referral)
    if step is None or at >= referral.due_at or hasattr(referral, "more_time"):
        return None
    end = deadline(step.within, after=_last_moment(referral), authority=referral.application.authority_id)
    return timezone.localdate(end - timedelta(seconds=1))


def _day_of(referral: Referral) -> date:
    return timezone.localdate(_last_moment(referral))


def _last_moment(referral: Referral) -> datetime:
    return referral.due_at - timedelta(seconds=1)
