"""Writes the journal."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models

from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import Scoped


def record(act: str, subject: models.Model, *, actor: Actor | None, at: datetime, **detail: Any) -> None:
    """Add one entry, in the transaction of the act itself; `detail` holds no personal data."""
    record_each(act, [subject], actor=actor, at=at, **detail)


def record_each(
    act: str, subjects: Iterable[models.Model], *, actor: Actor | None, at: datetime, **detail: Any
) -> None:
    """Add an entry for each of several subjects of the same act."""
    JournalEntry.objects.bulk_create(
        JournalEntry(
            at=at,
            actor=actor.person.pk if actor else None,
            act=act,
            subject_kind=subject._meta.label_lower,
            subject=str(subject.pk),
            detail=_where(subject, actor) | detail,
        )
        for subject in subjects
    )


def _where(subject: models.Model, actor: Actor | None) -> dict[str, str]:
    """The authority to which the subject of an act of the staff belongs: each authority reads its own journal."""
    if actor is None or not actor.is_staff or not isinstance(subject, Scoped) or not subject.scope.code:
        return {}
    return {"authority": subject.scope.code}


def record_about(act: str, kind: str, name: str, *, at: datetime, **detail: Any) -> None:
    """Add one entry about something that is no row, such as a key; `detail` says which operator did it."""
    JournalEntry.objects.create(at=at, actor=None, act=act, subject_kind=kind, subject=name, detail=detail)
