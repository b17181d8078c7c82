"""The search of the journal: the entries of some authorities, narrowed by who acted, the act, the case and the day."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from rukhsa.audit.entry_place import OF_ALL, OF_SEVERAL
from rukhsa.audit.journal import JournalEntry

_A_PIECE = 500


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What is sought; every part may be missing. `before` is the entry after which the page begins."""

    person: UUID | None = None
    act: str = ""
    application: UUID | None = None
    day: date | None = None
    before: int | None = None


def page_of(authorities: frozenset[str], sought: Sought, *, most: int) -> list[JournalEntry]:
    """The newest entries of the authorities' parts, the newest first."""
    parts = [part.order_by("-pk")[:most] for part in _parts(authorities, sought)]
    return list(islice(_newest_first(iter(part) for part in parts), most))


def each_of(authorities: frozenset[str], sought: Sought) -> Iterator[JournalEntry]:
    """All of them, the newest first, read in pieces."""
    return _newest_first(_in_pieces(part) for part in _parts(authorities, sought))


def of_application(application: UUID) -> QuerySet[JournalEntry]:
    """Everything about one application: of its files, questions, visits, money and documents too."""
    return JournalEntry.objects.filter(application=application)


def is_being_placed() -> bool:
    """Whether entries of an earlier version are still to be given their authority (audit/placing.py)."""
    return JournalEntry.objects.filter(authority=None).exists()


def narrowed(entries: QuerySet[JournalEntry], sought: Sought) -> QuerySet[JournalEntry]:
    """Those of the entries that are sought."""
    if sought.person:
        entries = entries.filter(actor=sought.person)
    if sought.act:
        entries = entries.filter(act=sought.act)
    if sought.application:
        entries = entries.filter(application=sought.application)
    if sought.day:
        start = timezone.make_aware(datetime.combine(sought.day, time()))
        entries = entries.filter(at__gte=start, at__lt=start + timedelta(days=1))
    if sought.before:
        entries = entries.filter(pk__lt=sought.before)
    return entries


def _parts(authorities: frozenset[str], sought: Sought) -> list[QuerySet[JournalEntry]]:
    """One query for each part of the journal: each is a walk along an index from its end."""
    parts = [JournalEntry.objects.filter(authority=code) for code in (*sorted(authorities), OF_ALL)]
    if authorities:
        among = Q()
        for code in sorted(authorities):
            among |= Q(detail__authorities__contains=[code])
        parts.append(JournalEntry.objects.filter(among, authority=OF_SEVERAL))
    return [narrowed(part, sought) for part in parts]


def _in_pieces(part: QuerySet[JournalEntry]) -> Iterator[JournalEntry]:
    """Each entry of a part, the newest first: a web process leaves no cursor on the server (project/databases.py)."""
    rest = part.order_by("-pk")
    while piece := list(rest[:_A_PIECE]):
        yield from piece
        rest = rest.filter(pk__lt=piece[-1].pk)


def _newest_first(parts: Iterator[Iterator[JournalEntry]]) -> Iterator[JournalEntry]:
    return heapq.merge(*parts, key=lambda entry: -entry.pk)
