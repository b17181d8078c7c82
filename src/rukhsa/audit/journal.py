"""The journal: a row for each act and for each look at personal data, and log lines for its security events."""

import json
import logging
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from rukhsa.accounts.client import pseudonym
from rukhsa.accounts.models import Person
from rukhsa.audit.security import ACCOUNT, Event, is_security
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import Scoped

logger = logging.getLogger("rukhsa.security")

# The parts of an entry's detail that its log line repeats: codes and ids, no free text.
_REPEATED = (
    "authority",
    "route",
    "permission",
    "method",
    "why",
    "role",
    "limit",
    "session",
    "change",
    "person",
)


class JournalEntry(models.Model):
    """Who did or saw what, when. Rows are only ever added; the database refuses the rest."""

    at = models.DateTimeField(db_index=True)
    actor = models.UUIDField(null=True, db_index=True)  # None: the system itself
    act = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)
    # Whether the security log has it (audit/security.py).
    is_security = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject"], name="journal_by_subject"),
            # The security log is a small part of the journal, and read from its end.
            models.Index(fields=["-id"], condition=Q(is_security=True), name="security_newest"),
            models.Index(fields=["act", "-id"], condition=Q(is_security=True), name="security_by_act"),
            models.Index(fields=["actor", "-id"], condition=Q(is_security=True), name="security_by_actor"),
            models.Index(
                fields=["subject", "-id"], condition=Q(is_security=True), name="security_by_subject"
            ),
        ]


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
            detail=_where(subject, actor) | _for(actor) | detail,
        )
        for subject in subjects
    )


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
    known = {name: value for name, value in detail.items() if value}
    entry = JournalEntry(at=at, actor=actor, act=event, subject_kind=kind, subject=subject, detail=known)
    _keep([entry])


def _where(subject: models.Model, actor: Actor | None) -> dict[str, str]:
    """The authority of the subject of an act by staff, since each authority reads its own part of the journal."""
    if actor is None or not actor.is_staff or not isinstance(subject, Scoped) or not subject.scope.code:
        return {}
    return {"authority": subject.scope.code}


def _for(actor: Actor | None) -> dict[str, str]:
    """The owner for whom the actor acted by consent."""
    return {"for": str(actor.represented.owner.pk)} if actor and actor.represented else {}


def _keep(entries: Iterable[JournalEntry]) -> None:
    kept = list(entries)
    for entry in kept:
        entry.is_security = is_security(entry.act)
    _log(JournalEntry.objects.bulk_create(kept))


def _log(entries: Iterable[JournalEntry]) -> None:
    """Write a log line for each new entry of the security log, after its transaction has committed."""
    for entry in entries:
        if entry.is_security:
            transaction.on_commit(partial(logger.info, _line(entry)))


def _line(entry: JournalEntry) -> str:
    line = {
        "at": entry.at.isoformat(),
        "event": entry.act,
        "entry": entry.pk,
        "by": str(entry.actor) if entry.actor else None,
        "subject": f"{entry.subject_kind}:{entry.subject}",
        **{name: entry.detail[name] for name in _REPEATED if entry.detail.get(name)},
    }
    if network := entry.detail.get("network"):
        line["network"] = pseudonym(network)
    return json.dumps(line, ensure_ascii=True)
