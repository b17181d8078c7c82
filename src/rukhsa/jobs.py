"""Queues work for later in the transaction that is open: it runs when, and only when, that one commits."""

from typing import Any

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager
from procrastinate.tasks import Task


def run_later(
    task: Task[..., Any, Any], *, lock: str | None = None, priority: int = 0, **arguments: Any
) -> None:
    """Queue one run of a task; no two jobs of the same `lock` run at once, and higher priorities go first.

    In a worker the app has a connection of its own, outside of Django's transaction: a job queued by that one may
    begin before the rows that it is about are there. So the job goes by Django's connection in every process.
    """
    _defer(task.configure(lock=lock, priority=priority), arguments)


def run_named_later(
    name: str, *, queue: str, lock: str | None = None, priority: int = 0, **arguments: Any
) -> None:
    """Queue one run of a task by its name, from a module on which the task's own module stands."""
    _defer(app.configure_task(name, queue=queue, lock=lock, priority=priority), arguments)


def _defer(deferred: JobDeferrer, arguments: dict[str, Any]) -> None:
    deferred.job_manager = JobManager(DjangoConnector())
    deferred.defer(**arguments)
