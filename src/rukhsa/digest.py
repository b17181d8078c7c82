"""What waits for one of the staff: in hand, late, unassigned, and what wants a second hand; each day by mail."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import PERMISSIONS, Permission
from rukhsa.agreement import Agreement, State
from rukhsa.authorities.actor import Actor, actor_for
from rukhsa.authorities.models import Post
from rukhsa.issuance.models import (
    CorrectionProposal,
    RevocationProposal,
    Suspension,
    SuspensionProposal,
)
from rukhsa.mandates.models import Mandate
from rukhsa.payments.models import Forfeiture, Payout, Waiver
from rukhsa.review.queue import QueueEntry, count_each
from rukhsa.staff.letter import Letter, tell
from rukhsa.staff.letter_choice import How, LetterChoice

MOST: Final = 1000  # counted of each
# What one person proposes and another approves, with the permission to approve it.
_AGREEMENTS: tuple[tuple[str, Any, Permission], ...] = (
    ("corrections", CorrectionProposal, Permission.REVOKE),
    ("revocations", RevocationProposal, Permission.REVOKE),
    ("suspensions", SuspensionProposal, Permission.SUSPEND),
    ("waivers", Waiver, Permission.APPROVE_WAIVER),
    ("forfeitures", Forfeiture, Permission.APPROVE_FORFEITURE),
    ("payouts", Payout, Permission.APPROVE_PAYOUT),
    ("mandates", Mandate, Permission.APPROVE_MANDATE),
)


@dataclass(frozen=True, kw_only=True)
class Digest:
    """How much waits, each counted up to `MOST`; `second` by the kind of what was proposed."""

    mine: int = 0
    late: int = 0
    unassigned: int = 0
    second: dict[str, int] = field(default_factory=dict)

    @property
    def waits_for_second(self) -> int:
        """All that another person proposed."""
        return sum(self.second.values())

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits that this person alone can move."""
        return not (self.mine or self.late or self.waits_for_second)

    def __str__(self) -> str:
        said = {"mine": self.mine, "late": self.late, "second": self.waits_for_second}
        return " ".join(f"{name}={number}" for name, number in said.items())


def digest_of(actor: Actor, *, at: datetime) -> Digest:
    """What waits for a person at a moment, in one statement."""
    parts = parts_of(actor, at=at)
    if not parts:
        return Digest()
    counted = count_each(parts, most=MOST)
    own = {name: counted.pop(name, 0) for name in ("mine", "late", "unassigned")}
    return Digest(**own, second={name: number for name, number in counted.items() if number})


def parts_of(actor: Actor, *, at: datetime) -> dict[str, QuerySet[Any]]:
    """What a digest counts: what waits for a person at a moment, by its kind."""
    parts: dict[str, QuerySet[Any]] = {}
    if actor.holds_somewhere(Permission.CHECK):
        here = QueueEntry.objects.on_which(actor, Permission.READ_QUEUE, Permission.CHECK)
        mine = here.in_hand_of(actor.person, at=at)
        is_supervisor = actor.holds_somewhere(Permission.RESOLVE_SILENCE)
        parts["mine"], parts["unassigned"] = mine, here.unassigned()
        parts["late"] = (here if is_supervisor else mine).late(at)
        parts["decisions"] = here.for_second_officer(actor.person)
    return parts | dict(_proposed(actor))


def _proposed(actor: Actor) -> Iterator[tuple[str, QuerySet[Any]]]:
    """What others proposed and this person may approve, by kind; suspensions to be confirmed among them."""
    for name, model, permission in _AGREEMENTS:
        if actor.holds_somewhere(permission):
            assert issubclass(model, Agreement)
            waiting = model._default_manager.on_which(actor, permission).filter(state=State.PROPOSED)
            yield name, waiting.exclude(proposed_by=actor.person)
    if actor.holds_somewhere(Permission.SUSPEND):
        authorities = actor.authorities_where(Permission.SUSPEND)
        alone = Suspension.objects.filter(
            confirm_by__isnull=False,
            confirmation=None,
            reinstatement=None,
            instrument__intent__authority__in=authorities,
        )
        yield "confirmations", alone.exclude(actor=actor.person)


@app.periodic(cron="0 * * * *")
@app.task(name="digest.send", queue="delivery", queueing_lock="digest.send")
def send(timestamp: int) -> None:
    """At seven in the morning of the territory, send each person what waits; a day's letter once."""
    at = datetime.now(UTC)
    if timezone.localtime(at).hour == 7:
        send_digests(at=at)


def send_digests(*, at: datetime) -> int:
    """Send a letter to each person for whom something waits and who wants one a day; how many were sent."""
    today = timezone.localdate(at)
    roles = [role for role, granted in PERMISSIONS.items() if granted & _DIGESTED]
    posts = Post.objects.in_force(on=today).filter(role__in=roles, authority__isnull=False)
    otherwise = LetterChoice.objects.exclude(how=How.DAILY).values("person")
    told = Letter.objects.filter(kind="digest", at__gte=timezone.localtime(at).replace(hour=0, minute=0))
    people = Person.objects.filter(pk__in=posts.values("person"), is_active=True)
    sent = 0
    for person in people.exclude(pk__in=otherwise).exclude(pk__in=told.values("person")):
        waiting = digest_of(actor_for(person, at=at), at=at)
        if not waiting.is_empty:
            tell(person, "digest", at=at, about=str(waiting))
            sent += 1
    return sent


_DIGESTED = frozenset({Permission.CHECK, *(permission for _name, _model, permission in _AGREEMENTS)})
