"""Asking again: a new question to an agency that has answered, where its answer no longer fits or lacks something."""

from datetime import datetime

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.stages import Stage
from rukhsa.authorities.actor import Actor
from rukhsa.jobs import advance_soon
from rukhsa.review import participant, queue
from rukhsa.review.deadline import deadline
from rukhsa.review.errors import Closed, ReviewError
from rukhsa.review.referral import Referral, given, renew, step_of


class AskedAgainUnexplained(ReviewError):
    """An agency is asked again without a reason."""

    code = "asked-again-unexplained"
    text = _("Enter why you ask again. The agency can read it.")


class AskedAgain(models.Model):
    """That an officer put the question to the agency again; the new answer counts and the earlier one is kept."""

    referral = models.OneToOneField(Referral, models.PROTECT, related_name="asked_again")
    successor = models.OneToOneField(Referral, models.PROTECT, related_name="asks_again")
    reason = models.TextField()
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="asked_again_has_a_reason")]


@transaction.atomic
def ask_again(referral: Referral, reason: str, *, actor: Actor, at: datetime) -> AskedAgain:
    """Put the question again to an agency that has answered, within the time of the step.

    Raises AskedAgainUnexplained, Closed, and as `participant.lock_for` does.
    """
    application = participant.lock_for(referral.application, actor, Permission.REFER, at=at)
    if not reason.strip():
        raise AskedAgainUnexplained
    asked = Referral.objects.standing().select_related("agency").filter(pk=referral.pk).first()
    step = step_of(application, asked) if asked else None
    if asked is None or step is None or given(asked) is None or application.stage != Stage.SUBMITTED:
        raise Closed
    due_at = deadline(step.within, after=at, authority=application.authority_id)
    successor = renew(application, asked, asked.agency, due_at, actor=actor, at=at)
    again = AskedAgain.objects.create(
        referral=asked, successor=successor, reason=reason.strip(), officer=actor.person, at=at
    )
    queue.refresh(application, at)
    advance_soon(application.pk)
    return again
