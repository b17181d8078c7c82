"""Asks agencies, and takes their answers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.steps import ReferStep
from rukhsa.jobs import advance_soon
from rukhsa.review import facts, plan, queue, reach
from rukhsa.review import record as record_step
from rukhsa.review.deadlines import deadline
from rukhsa.review.errors import (
    AlreadyAnswered,
    AnswerUnknown,
    Closed,
    ObjectionWithoutReason,
    StepNotOpen,
)
from rukhsa.review.models import Opinion, Referral


def ask_due(application: Application, planned: list[plan.PlannedStep], at: datetime) -> list[Referral]:
    """Ask every agency whose turn has come and that was not asked yet; again changes nothing.

    For a locked application, by its plan as it is now; whoever calls places it in the queue.
    """
    due = [step for step in planned if step.is_open and step.kind is plan.Kind.REFER]
    return [_ask(application, step, actor=None, at=at) for step in due if step.row is None]


@transaction.atomic
def refer(application: Application, step: str, *, actor: Actor | None, at: datetime) -> Referral:
    """Ask the agency of one step; asking again changes nothing. Raise `StepNotOpen` before its turn."""
    if actor is None:
        application = reach.lock_for_system(application)
    else:
        application = reach.lock(application, actor, Permission.REFER)
    known = facts.read(application)
    planned = plan.find(plan.steps(application, known), plan.Kind.REFER, step)
    if planned and isinstance(planned.row, Referral):
        return planned.row
    if planned is None or not planned.is_open:
        raise StepNotOpen(step)
    asked = _ask(application, planned, actor=actor, at=at)
    queue.place(application, at, replace(known, referrals={**known.referrals, step: asked}))
    advance_soon(application.pk)
    return asked


@transaction.atomic
def answer(
    referral: Referral,
    answer: str,
    text: str,
    records: Mapping[str, Any] | None = None,
    *,
    actor: Actor,
    at: datetime,
) -> Opinion:
    """The agency's opinion, given once by one of its own people; the same again changes nothing.

    An objection decides nothing by itself: the officer weighs it. `records` are the answers, as typed, to what
    the step records. Raise `Referral.DoesNotExist` for another agency's, `AlreadyAnswered`, `Closed`,
    `AnswerUnknown`, `ObjectionWithoutReason` or `RecordsIncomplete`.
    """
    actor.require_somewhere(Permission.ANSWER_REFERRAL)
    referral = Referral.objects.on_which(actor, Permission.ANSWER_REFERRAL).get(pk=referral.pk)
    application = reach.lock_for_system(referral.application)
    text = text.strip()
    _require_sense(answer, text)
    if present := given(referral):
        if (present.answer, present.text) == (answer, text):
            return present
        raise AlreadyAnswered
    if not Referral.objects.open().filter(pk=referral.pk).exists():
        raise Closed
    opinion = Opinion.objects.create(referral=referral, answer=answer, text=text, officer=actor.person, at=at)
    step = step_of(application, referral)
    assert step is not None  # what is open is a step
    record_step.keep(application, step, referral.step, records or {}, actor=actor, at=at)
    record("answer-referral", referral, actor=actor, at=at, answer=answer)
    queue.place(application, at)
    advance_soon(application.pk)
    return opinion


def step_of(application: Application, referral: Referral) -> ReferStep | None:
    """The step of the definition by which the agency was asked; None where the process has it no more."""
    steps = (step for step in application.definition.steps if isinstance(step, ReferStep))
    return next((step for step in steps if step.refer == referral.step), None)


def given(referral: Referral) -> Opinion | None:
    """The opinion, once there is one."""
    try:
        return referral.opinion
    except ObjectDoesNotExist:
        return None


def _ask(application: Application, step: plan.PlannedStep, *, actor: Actor | None, at: datetime) -> Referral:
    defined = step.defined
    assert isinstance(defined, ReferStep)
    referral = Referral.objects.create(
        application=application,
        step=step.id,
        number=1 + Referral.objects.filter(application=application, step=step.id).count(),
        agency_id=defined.refer,
        question_ar=defined.ask.ar,
        question_en=defined.ask.en,
        asked_by=actor.person if actor else None,
        asked_at=at,
        due_at=deadline(defined.within, after=at, authority=application.authority_id),
    )
    record("refer", referral, actor=actor, at=at, agency=defined.refer)
    return referral


def _require_sense(answer: str, text: str) -> None:
    if answer not in Opinion.Answer.values:
        raise AnswerUnknown
    if answer == Opinion.Answer.OBJECTION and not text:
        raise ObjectionWithoutReason
