"""Watches the worker: after each job it keeps how periodic work ran, and why a job failed."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from asgiref.sync import sync_to_async
from django.db import DatabaseError
from procrastinate import App, JobContext

from rukhsa.operations.job import JobFailure, keep_failure
from rukhsa.operations.periodic_work import is_periodic, keep_run

logger = logging.getLogger(__name__)


def watch_jobs(app: App) -> None:
    """Let every worker of the app keep what became of its jobs (the setting PROCRASTINATE_ON_APP_READY)."""
    app.worker_defaults.setdefault("task_middleware", []).extend([watch, watch_async])


def watch(call_next: Callable[[], Any], context: JobContext, worker: object) -> Any:
    """Run a task in its thread, and keep what became of it."""
    began = datetime.now(UTC)
    try:
        found = call_next()
    except Exception as error:
        keep(context, began, None, error)
        raise
    keep(context, began, found, None)
    return found


async def watch_async(call_next: Callable[[], Awaitable[Any]], context: JobContext, worker: object) -> Any:
    """The same for a task that is a coroutine."""
    began = datetime.now(UTC)
    try:
        found = await call_next()
    except Exception as error:
        await sync_to_async(keep)(context, began, None, error)
        raise
    await sync_to_async(keep)(context, began, found, None)
    return found


def keep(context: JobContext, began: datetime, found: object, error: Exception | None) -> None:
    """Keep how a job went; what cannot be kept, as without a database, changes nothing for the job."""
    job, now = context.job, datetime.now(UTC)
    with suppress(DatabaseError):
        if error and job.id:
            keep_failure(job.id, job.task_name, error, attempt=job.attempts + 1, at=now)
        elif job.id and job.attempts:
            JobFailure.objects.filter(job=job.id).delete()
        if is_periodic(job.task_name):
            kind = f"{type(error).__module__}.{type(error).__qualname__}" if error else ""
            keep_run(job.task_name, began_at=began, took=now - began, found=found, error=kind)
