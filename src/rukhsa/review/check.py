"""Checks: an officer finds one step of the examination in order."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application, Step
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.jobs import advance_soon
from rukhsa.review import participant, plan, queue, recording
from rukhsa.review.deadline import Pause
from rukhsa.review.errors import StepNotOpen
from rukhsa.review.plan import Kind


class Check(models.Model):
    """An officer found one step of the examination in order, as it was submitted that time."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="checks", db_index=False)
    step = models.CharField(max_length=60)
    submission = models.ForeignKey(Step, models.PROTECT, related_name="+", db_index=False)
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "step", "submission"], name="step_checked_once_a_submission"
            )
        ]

    @property
    def done_at(self) -> datetime:
        """When it was found in order."""
        return self.at

    def due_by(self, pauses: Sequence[Pause]) -> None:
        """A check is begun and done at once."""

    def queued(self, pauses: Sequence[Pause]) -> None:
        """A check is the authority's own."""


@transaction.atomic
def check(
    application: Application,
    step: str,
    records: Mapping[str, Any] | None = None,
    *,
    actor: Actor,
    at: datetime,
) -> Check:
    """Record that the step is in order; a second time changes nothing.

    `records` are the answers, as typed, to what the step records. Raises StepNotOpen when it is not its turn, and
    RecordsIncomplete.
    """
    application = participant.lock_for(application, actor, Permission.CHECK, at=at)
    known = plan.read(application)
    planned = plan.find(plan.steps(application, known), Kind.CHECK, step)
    if planned and isinstance(planned.row, Check):
        return planned.row
    if planned is None or not planned.is_open or known.submission is None:
        raise StepNotOpen(step)
    checked = Check.objects.create(
        application=application, step=step, submission=known.submission, officer=actor.person, at=at
    )
    recording.keep(application, planned.defined, step, records or {}, actor=actor, at=at)
    record("check", application, actor=actor, at=at, step=step)
    queue.refresh(application, at, known.with_row(Kind.CHECK, checked))
    advance_soon(application.pk)
    return checked
