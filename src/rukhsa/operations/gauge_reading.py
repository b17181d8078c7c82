"""The newest reading of what the database is asked for Prometheus: one process asks, all others show what it found."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import models

EVERY: Final = timedelta(seconds=15)
_ONE: Final = 1


class Reading(models.Model):
    """The one row: when the database was asked last, and what it said. It is not a fact: the next one replaces it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=_ONE)
    at = models.DateTimeField()
    found = models.JSONField(default=dict)


def newest_reading(ask: Callable[[dict[str, Any]], dict[str, Any]], *, at: datetime) -> Reading:
    """What was found in the last 15 seconds; where that is older, the first process to come asks and all show it.

    `ask` is given what was found before. One that takes longer than 15 seconds, so that another began, keeps nothing.
    """
    row, _ = Reading.objects.get_or_create(pk=_ONE, defaults={"at": at - EVERY})
    ours = Reading.objects.filter(pk=_ONE, at=row.at)
    if row.at > at - EVERY or not ours.update(at=at):
        return row
    found = ask(row.found)
    Reading.objects.filter(pk=_ONE, at=at).update(found=found)
    return Reading(pk=_ONE, at=at, found=found)
