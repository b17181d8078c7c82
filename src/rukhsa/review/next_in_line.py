"""The next in line: the most urgent application that no officer has, held for one officer until it lapses."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.stages import Turn
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.review.check import Check
from rukhsa.review.queue import QueueEntry, QueueEntryQuerySet

# Assumed: long enough to read one application, short enough that one left open returns before the day is over.
HOLD_LASTS = timedelta(minutes=20)

type Narrowing = Callable[[QueueEntryQuerySet], QueueEntryQuerySet]


@transaction.atomic
def take_next(actor: Actor, *, at: datetime, narrow: Narrowing | None = None) -> QueueEntry | None:
    """Hold the most urgent application for the actor; the one that the actor holds already is given back.

    With `narrow` only of those that it leaves of the queue, such as an office's. Officers who ask at once are given
    different ones: an entry that another is being given is passed over. None where nothing waits.
    """
    waiting = narrow(_waiting(actor)) if narrow else _waiting(actor)
    # Of those that are due together the one that was submitted first; the index gives the order up to these.
    waiting = waiting.order_by("urgent_at", "submitted_at", "application")
    held = waiting.filter(held_by=actor.person, held_until__gt=at).first()
    if held:
        return held
    free = waiting.filter(Q(held_until=None) | Q(held_until__lte=at))
    entry = free.select_for_update(skip_locked=True, of=("self",)).first()
    if entry is None:
        return None
    entry.held_by, entry.held_until = actor.person, at + HOLD_LASTS
    entry.save(update_fields=["held_by", "held_until"])
    record("take-next", entry.application, actor=actor, at=at)
    return entry


def _waiting(actor: Actor) -> QueueEntryQuerySet:
    """What the actor could act on now: no officer has it, and the actor neither checked nor proposed it."""
    checked = Check.objects.filter(application=OuterRef("application"), officer=actor.person)
    here = QueueEntry.objects.on_which(actor, Permission.READ_QUEUE, Permission.CHECK)
    waiting = here.unassigned().filter(turn=Turn.AUTHORITY).exclude(proposed_by=actor.person)
    return waiting.exclude(Exists(checked))
