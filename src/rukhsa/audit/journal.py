"""The journal: a row for each act and for each look at personal data, and log lines for its security events."""

import json
import logging
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.postgres.indexes import BrinIndex
from django.db import models, transaction
from django.db.models import Q

from rukhsa.accounts.client import pseudonym
from rukhsa.accounts.models import Person, PersonKind
from rukhsa.audit.entry_place import OF_NONE, Place, of_act, of_person, place_of
from rukhsa.audit.security import ACCOUNT, Event, is_security
from rukhsa.authorities.actor import Actor

logger = logging.getLogger("rukhsa.security")

# The parts of an entry's detail that its log line repeats, and the page of the security log shows: no free text.
CODES = ("authority", "agency", "route", "permission", "method", "why", "role", "limit")
_REPEATED = (*CODES, "session", "change", "person")


class JournalEntry(models.Model):
    """Who did or saw what, when. Rows are only ever added; the database refuses the rest."""

    at = models.DateTimeField()
    actor = models.UUIDField(null=True)  # None: the system itself
    act = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)
    # Whether the security log has it (audit/security.py).
    is_security = models.BooleanField(default=False, db_default=False)
    # Whose part of the journal has it, and the application that it is about (audit/entry_place.py). None: written
    # before there were these columns, and not placed yet.
    authority = models.CharField(max_length=4, null=True)
    application = models.UUIDField(null=True)

    class Meta:
        indexes = [
            # Entries stand in the order of their days, so that a few bytes a block find a day.
            BrinIndex(fields=["at"], autosummarize=True, name="journal_by_day"),
            # An authority reads its part from the end, whole or by who acted, by the act, and by the application.
            # Ascending, so that what is added goes to the end of its part: before what is there, pages stay half empty.
            models.Index(fields=["authority", "id"], name="journal_by_authority"),
            models.Index(fields=["authority", "act", "id"], name="journal_by_act"),
            models.Index(fields=["authority", "actor", "id"], name="journal_by_actor"),
            models.Index(
                fields=["application", "id"],
                condition=Q(application__isnull=False),
                name="journal_by_application",
            ),
            models.Index(fields=["id"], condition=Q(authority__isnull=True), name="journal_not_placed"),
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
    _keep(_entry(act, subject, actor, at, detail) for subject in subjects)


def _entry(
    act: str, subject: models.Model, actor: Actor | None, at: datetime, detail: dict[str, Any]
) -> JournalEntry:
    place = of_act(act, place_of(subject, actor, detail))
    named = {"authority": place.authority} if actor and actor.is_staff and place.is_of_subject else {}
    several = {"authorities": list(place.several)} if place.several else {}
    return JournalEntry(
        at=at,
        actor=actor.person.pk if actor else None,
        act=act,
        subject_kind=subject._meta.label_lower,
        subject=str(subject.pk),
        detail=named | several | _for(actor) | detail,
        authority=place.authority,
        application=place.application,
    )


def record_about(act: str, kind: str, name: str, *, at: datetime, **detail: Any) -> None:
    """Add one entry about something that is no row, such as a key; `detail` says which operator did it."""
    place = of_act(act, Place(authority=str(detail.get("authority", OF_NONE))))
    entry = JournalEntry(
        at=at, actor=None, act=act, subject_kind=kind, subject=name, detail=detail, authority=place.authority
    )
    _keep([entry])


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
    staff = by or about
    place = Place(authority=str(known.get("authority") or OF_NONE))
    if place.authority == OF_NONE and isinstance(staff, Person) and staff.kind == PersonKind.STAFF:
        place = of_person(staff, at=at)
    entry = JournalEntry(
        at=at,
        actor=actor,
        act=event,
        subject_kind=kind,
        subject=subject,
        detail=known | ({"authorities": list(place.several)} if place.several else {}),
        authority=place.authority,
    )
    _keep([entry])


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
