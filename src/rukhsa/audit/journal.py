"""Writes the journal."""

from datetime import datetime
from typing import Any

from django.db import models

from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import Actor


def record(act: str, subject: models.Model, *, actor: Actor | None, at: datetime, **detail: Any) -> None:
    """Add one entry, in the transaction of the act itself; `detail` holds no personal data."""
    JournalEntry.objects.create(
        at=at,
        actor=actor.person.pk if actor else None,
        act=act,
        subject_kind=subject._meta.label_lower,
        subject=str(subject.pk),
        detail=detail,
    )
