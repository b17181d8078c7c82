"""Added steps: a question to an agency or a visit that an officer asks for beyond the definition, with a reason.

They hold the decision until they are done or taken back; their terms, reminders and escalation are those of all others.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Agency
from rukhsa.catalogue.shape import Span
from rukhsa.jobs import advance_soon
from rukhsa.review import participant, plan, queue
from rukhsa.review.deadline import deadline
from rukhsa.review.errors import Closed, ReviewError, StepNotOpen
from rukhsa.review.inspection import Inspection
from rukhsa.review.newer_process import Dropped
from rukhsa.review.queue import WaitingInspection, WaitingReferral
from rukhsa.review.referral import Referral
from rukhsa.values.names import Text

USUAL_DAYS, MOST_DAYS = 5, 30  # working days. Assumed: no source states a term for what no definition asks.
MOST_POINTS = 10
LONGEST = 1000  # characters of a question or a reason


class AddedStepUnexplained(ReviewError):
    """A step is added or taken back without a reason."""

    code = "added-step-unexplained"
    text = _("Enter why.")


class AddedStepIncomplete(ReviewError):
    """A step is added without a question, an agency or a term."""

    code = "added-step-incomplete"
    text = _("Enter what is asked, choose the agency where you ask one, and give it 1 to 30 working days.")


@transaction.atomic
def ask_agency(
    application: Application,
    agency: str,
    question: Text,
    documents: Collection[str] | None = None,
    *,
    days: int | None,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Referral:
    """Ask an agency a question within `days` working days; the same again while it is open changes nothing.

    `documents` are the ids of those that it is shown; None is all of them. Raises AddedStepUnexplained,
    AddedStepIncomplete, StepNotOpen, and as `participant.lock_for` does.
    """
    application, why = _open_for(application, reason, actor, at)
    whom = Agency.objects.filter(pk=agency).first()
    if whom is None or not (question.ar or question.en):
        raise AddedStepIncomplete
    term = _term(days)
    asked = {"agency": whom, "question_ar": question.ar[:LONGEST], "question_en": question.en[:LONGEST]}
    if same := Referral.objects.open().filter(application=application, **asked).exclude(days=None).first():
        return same
    made = Referral.objects.create(
        application=application,
        step=_number(application),
        **asked,
        asked_by=actor.person,
        asked_at=at,
        due_at=deadline(term, after=at, authority=application.authority_id),
        documents=None
        if documents is None
        else [each.id for each in application.definition.documents if each.id in documents],
        added_because=why,
        days=term.count,
    )
    record("refer", made, actor=actor, at=at, agency=whom.pk)
    _carry_on(application, at)
    return made


@transaction.atomic
def order_visit(
    application: Application,
    points: Sequence[Text],
    *,
    days: int | None,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Inspection:
    """Order a visit with a checklist of one's own; the same again while it is open changes nothing. Raises as
    `ask_agency` does."""
    application, why = _open_for(application, reason, actor, at)
    if not 1 <= len(points) <= MOST_POINTS:
        raise AddedStepIncomplete
    term = _term(days)
    checklist = [
        {"id": f"point-{number}", "ar": point.ar[:LONGEST], "en": point.en[:LONGEST]}
        for number, point in enumerate(points, start=1)
    ]
    visits = Inspection.objects.filter(application=application, checklist=checklist).open()
    if same := visits.exclude(added_because="").first():
        return same
    made = Inspection.objects.create(
        application=application,
        step=_number(application),
        checklist=checklist,
        ordered_by=actor.person,
        ordered_at=at,
        due_at=deadline(term, after=at, authority=application.authority_id),
        added_because=why,
    )
    record("order-inspection", made, actor=actor, at=at, step=made.step)
    _carry_on(application, at)
    return made


@transaction.atomic
def take_back(application: Application, step: str, reason: str, *, actor: Actor, at: datetime) -> Dropped:
    """Take back a step that an officer added and that is not done, so that it holds the decision no more.

    Raises AddedStepUnexplained, Closed where no such step is open, and as `participant.lock_for` does.
    """
    application, why = _open_for(application, reason, actor, at)
    of_step = {"application": application, "step": step}
    referral = Referral.objects.filter(**of_step).exclude(days=None).open().first()
    visit = Inspection.objects.filter(**of_step).exclude(added_because="").open().first()
    if referral is None and visit is None:
        raise Closed
    dropped = Dropped.objects.create(
        referral=referral, inspection=visit, taken_back_by=actor.person, taken_back_because=why, at=at
    )
    WaitingReferral.objects.filter(referral=referral).delete()
    WaitingInspection.objects.filter(inspection=visit).delete()
    record("take-back-step", application, actor=actor, at=at, step=step)
    _carry_on(application, at)
    return dropped


def _open_for(application: Application, reason: str, actor: Actor, at: datetime) -> tuple[Application, str]:
    """The application, locked and under examination, and why its steps change."""
    application = participant.lock_for(application, actor, Permission.REFER, at=at)
    why = reason.strip()[:LONGEST]
    if not why:
        raise AddedStepUnexplained
    if application.stage != Stage.SUBMITTED or plan.read(application).begun_at is None:
        raise StepNotOpen
    return application, why


def _term(days: int | None) -> Span:
    if days is None or not 1 <= days <= MOST_DAYS:
        raise AddedStepIncomplete
    return Span(count=days, unit="working day")


def _number(application: Application) -> str:
    """The id of the next step that is added to a locked application."""
    application.added_steps += 1
    application.save(update_fields=["added_steps"])
    return f"added-{application.added_steps}"


def _carry_on(application: Application, at: datetime) -> None:
    queue.refresh(application, at)
    advance_soon(application.pk)
