"""The periodic work: when each sweep and publication ran last, how long it took, what it found, and when it is late."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.migrations.recorder import MigrationRecorder
from procrastinate.contrib.django import app

GRACE = timedelta(minutes=5)  # for the work of a busy minute


class PeriodicRun(models.Model):
    """The last run of one periodic task. It is not a fact: the next run writes over it."""

    task = models.CharField(max_length=128, primary_key=True)
    began_at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()
    found = models.JSONField(default=dict)  # counts by what was counted
    error = models.CharField(max_length=200, blank=True)  # of the last run, as module.Class
    succeeded_at = models.DateTimeField(null=True)


@dataclass(frozen=True, kw_only=True)
class Work:
    """A periodic task, its last run, and when it should have run last."""

    task: str
    expected_at: datetime
    run: PeriodicRun | None
    is_late: bool


def keep_run(task: str, *, began_at: datetime, took: timedelta, found: object, error: str) -> None:
    """Write down how a periodic task ran just now."""
    said: dict[str, Any] = {"began_at": began_at, "took_ms": int(took.total_seconds() * 1000), "error": error}
    if not error:
        said |= {"succeeded_at": began_at, "found": _counts(found)}
    PeriodicRun.objects.update_or_create(task=task, defaults=said)


def is_periodic(task: str) -> bool:
    """Whether a task runs by the clock."""
    return any(each.task.name == task for each in app.periodic_registry.periodic_tasks.values())


def work(*, at: datetime) -> list[Work]:
    """Every periodic task of this version with its last run, the late ones first; two queries.

    What never ran is late only if it has been due since this version was installed, five minutes ago at the latest.
    """
    app.perform_import_paths()  # type: ignore[no-untyped-call]  # a web process knows the tasks of the worker only then
    runs = {run.task: run for run in PeriodicRun.objects.all()}
    installed = _installed_at()
    found = []
    for each in app.periodic_registry.periodic_tasks.values():
        expected, before = (
            each.croniter.get_prev(datetime, start_time=moment) for moment in (at, at - GRACE)
        )
        run = runs.get(each.task.name)
        counted_from = installed if run is None else run.succeeded_at
        late = counted_from is None or counted_from < before
        found.append(Work(task=each.task.name, expected_at=expected, run=run, is_late=late))
    return sorted(found, key=lambda each: (not each.is_late, each.task))


def _installed_at() -> datetime | None:
    """When this version came to the database: the last time that a migration was applied."""
    found: datetime | None = MigrationRecorder.Migration.objects.aggregate(newest=models.Max("applied"))[
        "newest"
    ]
    return found


def _counts(found: object) -> dict[str, int]:
    """What a task says that it counted, such as {"queued": 3}."""
    if isinstance(found, dict):
        return {str(name): count for name, count in found.items() if isinstance(count, int)}
    return {}
