"""Writes the journal."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models

from rukhsa.accounts.models import Person
from rukhsa.audit.models import JournalEntry
from rukhsa.audit.security import ACCOUNT, Event, announce, is_security
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import Scoped


def record(act: str, subject: models.Model, *, actor: Actor | None, at: datetime, **detail: Any) -> None:
    """Add one entry, in the transaction of the act itself; `detail` holds no personal data."""
    record_each(act, [subject], actor=actor, at=at, **detail)


def record_each(
    act: str, subjects: Iterable[models.Model], *, actor: Actor | None, at: datetime, **detail: Any
) -> None:
    """Add an entry for each of several subjects of the same act."""
    _keep(
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
    _keep([JournalEntry(at=at, actor=None, act=act, subject_kind=kind, subject=name, detail=detail)])


def record_event(
    event: Event, *, by: Person | None, about: Person | str, at: datetime, **detail: Any
) -> None:
    """Add an entry to the security log about a person, or about the pseudonym of a mail address.

    `by` is the person who proved their identity; None when someone only claimed it, as in a failed sign-in.
    """
    if isinstance(about, Person):
        kind, subject = Person._meta.label_lower, str(about.pk)
    else:
        kind, subject = ACCOUNT, about
    actor = by.pk if by else None
    told = {name: value for name, value in detail.items() if value}
    entry = JournalEntry(at=at, actor=actor, act=event, subject_kind=kind, subject=subject, detail=told)
    _keep([entry])


def _keep(entries: Iterable[JournalEntry]) -> None:
    kept = list(entries)
    for entry in kept:
        entry.is_security = is_security(entry.act)
    announce(JournalEntry.objects.bulk_create(kept))
