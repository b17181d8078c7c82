"""Queues work for later in the transaction that is open: it runs when, and only when, that one commits.

A job carries the trace of what queued it; the worker takes that out of its arguments before it runs.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import Task, configure_task

from rukhsa.telemetry.trace import carried


def advance_soon(application_id: UUID, *, priority: int = 1, not_before: datetime | None = None) -> None:
    """Queue `journey.advance` for an application: each verb that may make something due in its life calls this.

    The task is named and not imported, because the verbs stand below `journey`. These jobs go before the notices and
    what the sweep finds: the person who acted looks at the page that says what came of it.
    """
    application = str(application_id)
    run_named_later(
        "journey.advance",
        queue="journey",
        lock=application,
        priority=priority,
        not_before=not_before,
        application=application,
    )


def run_named_later(
    name: str,
    *,
    queue: str,
    lock: str | None = None,
    priority: int = 0,
    not_before: datetime | None = None,
    **arguments: Any,
) -> None:
    """Queue one run of the task of this name, which stands above the module that asks for it."""
    deferred = configure_task(
        name=name, queue=queue, lock=lock, priority=priority, schedule_at=not_before, job_manager=_jobs()
    )
    deferred.defer(**arguments, **carried())


def run_later(
    task: Task[..., Any, Any],
    *,
    lock: str | None = None,
    priority: int = 0,
    not_before: datetime | None = None,
    **arguments: Any,
) -> None:
    """Queue one run of a task; no two jobs of the same `lock` run at once, and higher priorities go first."""
    deferred = task.configure(lock=lock, priority=priority, schedule_at=not_before)
    deferred.job_manager = _jobs()
    deferred.defer(**arguments, **carried())


def _jobs() -> JobManager:
    """The queue, reached through Django's connection in every process.

    In a worker the app has a connection of its own, outside of Django's transaction: a job queued by that one may
    begin before the rows that it is about are there.
    """
    return JobManager(DjangoConnector())
