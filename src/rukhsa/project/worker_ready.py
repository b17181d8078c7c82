"""Prepares every worker: what becomes of its jobs is kept, and each job reads what the desk changed."""

from collections.abc import Callable
from typing import Any

from procrastinate import App

from rukhsa.catalogue.territory_change import keep_fresh
from rukhsa.operations.worker_watch import watch_jobs


def prepare(app: App) -> None:
    """Called once, when the queue's app is made (the setting PROCRASTINATE_ON_APP_READY)."""
    watch_jobs(app)
    app.worker_defaults.setdefault("task_middleware", []).append(freshly)


def freshly(call_next: Callable[[], Any], context: object, worker: object) -> Any:
    """Run a task with the holidays, texts and lists that are in force now."""
    keep_fresh()
    return call_next()
