"""Records that an officer found one step of the examination in order."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.jobs import advance_soon
from rukhsa.review import facts, plan, queue, reach
from rukhsa.review import record as record_step
from rukhsa.review.errors import StepNotOpen
from rukhsa.review.models import Check


@transaction.atomic
def check(
    application: Application,
    step: str,
    records: Mapping[str, Any] | None = None,
    *,
    actor: Actor,
    at: datetime,
) -> Check:
    """The step is in order; a second time changes nothing.

    `records` are the answers, as typed, to what the step records. Raise `StepNotOpen` when it is not its turn,
    or `RecordsIncomplete`.
    """
    application = reach.lock(application, actor, Permission.CHECK)
    known = facts.read(application)
    if step in known.checks:
        return known.checks[step]
    planned = plan.find(plan.steps(application, known), plan.Kind.CHECK, step)
    if planned is None or not planned.is_open or known.submission is None:
        raise StepNotOpen(step)
    checked = Check.objects.create(
        application=application, step=step, submission=known.submission, officer=actor.person, at=at
    )
    record_step.keep(application, planned.defined, step, records or {}, actor=actor, at=at)
    record("check", application, actor=actor, at=at, step=step)
    queue.place(application, at, replace(known, checks={**known.checks, step: checked}))
    advance_soon(application.pk)
    return checked
