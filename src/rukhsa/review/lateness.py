"""Lateness climbs: officers are reminded on the working day before a term; officers and inspectors are told of what is
late with them, and supervisors of both."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.applications.stages import Turn
from rukhsa.authorities.models import Post
from rukhsa.review.queue import QueueEntry, WaitingInspection

A_SWEEP = 500


type Inspectors = Callable[[Iterable[UUID]], Mapping[UUID, UUID]]  # of each visit in a round, who makes it


def _no_rounds(visits: Iterable[UUID]) -> Mapping[UUID, UUID]:
    return {}


@transaction.atomic
def climb(*, at: datetime, inspectors: Inspectors = _no_rounds) -> int:
    """Remind of what is due soon, and tell of what has become late since the last time, each once for a term, in one
    letter a person.

    Officers and inspectors are told as they chose: at once here, otherwise by the letter of the day or not at all.
    Supervisors are told whatever they chose, because it escalates to them.
    A late visit is told to the inspector in whose round it is, and one in no round to all inspectors of its authority.
    It reads what is late and not told, by partial indexes, and returns how much that was.
    """
    entries = QueueEntry.objects.filter(turn=Turn.AUTHORITY, due_at__lte=at, is_told=False)
    late = list(entries.select_for_update(skip_locked=True).order_by("due_at")[:A_SWEEP])
    waiting = WaitingInspection.objects.filter(due_at__lte=at, is_told=False)
    visits = list(waiting.select_for_update(skip_locked=True).order_by("due_at")[:A_SWEEP])
    officers = Counter(entry.officer_id for entry in late if entry.officer_id)
    places = Counter(entry.authority_id for entry in late) + Counter(visit.authority_id for visit in visits)
    QueueEntry.objects.filter(pk__in=[entry.pk for entry in late]).update(is_told=True)
    WaitingInspection.objects.filter(pk__in=[visit.pk for visit in visits]).update(is_told=True)
    _tell(officers, places, at)
    _tell_inspectors(visits, inspectors([visit.pk for visit in visits]), at)
    return len(late) + len(visits) + _remind(at)


def _remind(at: datetime) -> int:
    """Remind each officer who wants letters at once of what is due by the end of the next working day; the letter of
    the day reminds the others."""
    due = QueueEntry.objects.due_soon(at).not_reminded().order_by("due_at")
    soon = list(due.select_for_update(of=("self",), skip_locked=True)[:A_SWEEP])
    QueueEntry.objects.filter(pk__in=[entry.pk for entry in soon]).update(reminded_for=F("due_at"))
    _tell_at_once("due-soon", Counter(entry.officer_id for entry in soon if entry.officer_id), at)
    return len(soon)


def _tell_at_once(kind: str, counts: Counter[UUID], at: datetime) -> None:
    from rukhsa.staff.letter import tell  # the verifier's process has no staff
    from rukhsa.staff.letter_choice import How, choice_of

    for person in Person.objects.filter(pk__in=counts, is_active=True):
        if choice_of(person) is How.AT_ONCE:
            tell(person, kind, at=at, about=str(counts[person.pk]))


def _tell(officers: Counter[UUID], places: Counter[str], at: datetime) -> None:
    from rukhsa.staff.letter import tell

    _tell_at_once("late", officers, at)
    held = Post.objects.in_force(on=timezone.localdate(at)).filter(role=Role.SUPERVISOR)
    supervisors = held.filter(authority__in=places, person__is_active=True)
    for post in supervisors.select_related("person"):
        tell(post.person, "late-here", at=at, about=str(places[post.authority_id or ""]))


def _tell_inspectors(visits: list[WaitingInspection], hands: Mapping[UUID, UUID], at: datetime) -> None:
    held = Post.objects.in_force(on=timezone.localdate(at)).filter(
        role=Role.INSPECTOR, person__is_active=True
    )
    late: Counter[UUID] = Counter()
    here = held.filter(authority__in={visit.authority_id for visit in visits})
    posts = list(here.values_list("authority", "person"))
    for visit in visits:
        everyone = {person for authority, person in posts if authority == visit.authority_id}
        own = everyone & {hands.get(visit.pk)}
        late.update(own or everyone)
    _tell_at_once("visits-late", late, at)
