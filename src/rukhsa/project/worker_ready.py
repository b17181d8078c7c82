"""Prepares every worker: what becomes of its jobs is kept, and each job reads what the desk changed."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from procrastinate import App

from rukhsa.catalogue.territory_change import keep_fresh
from rukhsa.operations.worker_watch import watch_jobs
from rukhsa.project.access_log import count_statement, follow_job
from rukhsa.project.rotation import take_changed


def prepare(app: App) -> None:
    """Called once, when the queue's app is made (the setting PROCRASTINATE_ON_APP_READY)."""
    watch_jobs(app)
    app.worker_defaults.setdefault("task_middleware", []).append(freshly)
    app.worker_defaults.setdefault("worker_middleware", []).append(follow_job)


def freshly(call_next: Callable[[], Any], context: object, worker: object) -> Any:
    """Run a task with the holidays, texts and lists that are in force now, and count what it asks the database."""
    with connection.execute_wrapper(count_statement):
        take_changed()
        keep_fresh()
        return call_next()
