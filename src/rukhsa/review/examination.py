"""One examination of an application: its number, when its clock starts, and when the applicant has the application."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models

from rukhsa.applications.models import Application, Step
from rukhsa.applications.stages import Act
from rukhsa.catalogue.definition import Definition
from rukhsa.review.deadline import Pause

_SUBMISSIONS = (Act.SUBMIT, Act.RESUBMIT, Act.REOPEN)


class Beginning(models.Model):
    """Starts the clock of an examination once the fee that was due at submission is paid."""

    submission = models.OneToOneField(Step, models.PROTECT, related_name="+")
    at = models.DateTimeField()


def begin(application: Application, *, at: datetime) -> None:
    """Record that the fee due at submission is paid; again changes nothing, nor where no fee was due."""
    if not is_paid_first(application.definition):
        return
    submission = application.steps.filter(act=Act.SUBMIT).order_by("id").first()
    if submission:
        Beginning.objects.get_or_create(submission=submission, defaults={"at": at})


def is_paid_first(definition: Definition) -> bool:
    """Whether a fee is due before the examination begins."""
    return any(charge.due == "at submission" for charge in definition.charges)


def round_of(steps: Iterable[Step]) -> int:
    """Which examination this is, counted from 1: each reconsideration begins another."""
    return 1 + sum(step.act == Act.REOPEN for step in steps)


def newest_submission(steps: Sequence[Step]) -> Step | None:
    """The step by which the application came to the authority last."""
    return _last(steps, *_SUBMISSIONS)


def begun_at(
    application: Application, steps: Sequence[Step], begun: Mapping[Any, datetime] | None = None
) -> datetime | None:
    """When this examination began: at the submission, or once that is paid for, or when it was reopened.

    `begun` are the beginnings by their submissions, where they were read already.
    """
    first = _last(steps, Act.SUBMIT, Act.REOPEN)
    if first is None or first.act == Act.REOPEN or not is_paid_first(application.definition):
        return first.at if first else None
    if begun is not None:
        return begun.get(first.pk)
    return Beginning.objects.filter(submission=first).values_list("at", flat=True).first()


def pauses_in(steps: Iterable[Step]) -> tuple[Pause, ...]:
    """The times between a return and the answer to it, in these steps of one application."""
    pauses: list[Pause] = []
    returned: datetime | None = None
    for step in steps:
        if step.act == Act.RETURN:
            returned = step.at
        elif returned and step.act == Act.RESUBMIT:
            pauses, returned = [*pauses, Pause(start=returned, end=step.at)], None
    return tuple(pauses)


def _last(steps: Sequence[Step], *acts: str) -> Step | None:
    return next((step for step in reversed(steps) if step.act in acts), None)
