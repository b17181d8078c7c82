"""What waits for one of the staff: in hand, late, before them today, for a second hand; told each day or at once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import PERMISSIONS, Permission
from rukhsa.agreement import Agreement, State
from rukhsa.authorities.actor import Actor, actor_for
from rukhsa.authorities.models import Post
from rukhsa.catalogue.models import ServiceProposal, TerritoryChange
from rukhsa.issuance.models import (
    CorrectionProposal,
    RevocationProposal,
    StartProposal,
    SuccessionProposal,
    Suspension,
    SuspensionProposal,
)
from rukhsa.mandates.models import Deputy, Mandate
from rukhsa.payments.models import BankFile, Forfeiture, Payout, Resolution, Waiver
from rukhsa.personal.models import DisputeHold, ErasureOrder
from rukhsa.review import participant
from rukhsa.review.models import SittingMinutes
from rukhsa.review.queue import QueueEntry
from rukhsa.rounds.round import visits_of_day
from rukhsa.staff.letter import Letter, tell
from rukhsa.staff.letter_choice import How, LetterChoice
from rukhsa.staff.models import StaffChange
from rukhsa.violations.models import Violation, WithdrawalProposal

MOST: Final = 1000  # counted of each
# A proposal is told of once its transaction has surely ended, so that none falls between two letters.
SETTLED: Final = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class SecondHand:
    """What one person proposes and another approves, with the permission to approve it."""

    name: str
    model: type[Agreement]
    permission: Permission
    within: Callable[[Actor], QuerySet[Any]] | None = None  # None: where the actor holds the permission

    def waiting(self, actor: Actor) -> QuerySet[Any]:
        """What others proposed and this person may approve."""
        every: Any = self.model._default_manager
        found = self.within(actor) if self.within else every.on_which(actor, self.permission)
        waiting: QuerySet[Any] = found.filter(state=State.PROPOSED).exclude(proposed_by=actor.person)
        return waiting


SECOND_HANDS: Final = (
    SecondHand(name="corrections", model=CorrectionProposal, permission=Permission.REVOKE),
    SecondHand(name="revocations", model=RevocationProposal, permission=Permission.REVOKE),
    SecondHand(name="suspensions", model=SuspensionProposal, permission=Permission.SUSPEND),
    SecondHand(name="waivers", model=Waiver, permission=Permission.APPROVE_WAIVER),
    SecondHand(name="forfeitures", model=Forfeiture, permission=Permission.APPROVE_FORFEITURE),
    SecondHand(name="payouts", model=Payout, permission=Permission.APPROVE_PAYOUT),
    SecondHand(name="bank-files", model=BankFile, permission=Permission.APPROVE_PAYOUT),
    SecondHand(name="resolutions", model=Resolution, permission=Permission.APPROVE_PAYOUT),
    SecondHand(name="violations", model=Violation, permission=Permission.CONFIRM_VIOLATION),
    SecondHand(name="withdrawals", model=WithdrawalProposal, permission=Permission.CONFIRM_VIOLATION),
    SecondHand(name="mandates", model=Mandate, permission=Permission.APPROVE_MANDATE),
    SecondHand(name="deputies", model=Deputy, permission=Permission.APPROVE_MANDATE),
    SecondHand(
        name="minutes",
        model=SittingMinutes,
        permission=Permission.VOTE,
        within=lambda actor: SittingMinutes.objects.filter(chair=actor.person),
    ),
    SecondHand(name="accounts", model=StaffChange, permission=Permission.APPROVE_STAFF),
    SecondHand(name="settings", model=TerritoryChange, permission=Permission.APPROVE_CHANGE),
    SecondHand(
        name="services",
        model=ServiceProposal,
        permission=Permission.PUBLISH_SERVICE,
        within=lambda _actor: ServiceProposal.objects.all(),
    ),
    SecondHand(name="erasures", model=ErasureOrder, permission=Permission.APPROVE_ERASURE),
    SecondHand(name="holds", model=DisputeHold, permission=Permission.APPROVE_ERASURE),
    SecondHand(
        name="starts",
        model=StartProposal,
        permission=Permission.CONTROL_ISSUING,
        within=lambda _actor: StartProposal.objects.all(),
    ),
    SecondHand(
        name="successions",
        model=SuccessionProposal,
        permission=Permission.CONTROL_ISSUING,
        within=lambda _actor: SuccessionProposal.objects.all(),
    ),
)
# Where the moment stands at which it was proposed: a decision is counted by its row of the queue.
_PROPOSED_AT: Final = {"decisions": "application__proposals__proposed_at", "confirmations": "at"}
SECOND: Final = ("decisions", *(each.name for each in SECOND_HANDS), "confirmations")


@dataclass(frozen=True, kw_only=True)
class Digest:
    """How much waits, each counted up to `MOST`; `second` by the kind of what was proposed."""

    mine: int = 0
    late: int = 0
    soon: int = 0  # due by the end of the next working day
    unassigned: int = 0
    visits: int = 0
    matters: int = 0
    second: dict[str, int] = field(default_factory=dict)

    @property
    def waits_for_second(self) -> int:
        """All that another person proposed."""
        return sum(self.second.values())

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits that this person alone can move."""
        return not str(self)

    def __str__(self) -> str:
        said = {each: getattr(self, each) for each in ("mine", "late", "soon", "visits", "matters")}
        numbers = said | {"second": self.waits_for_second}
        return " ".join(f"{name}={number}" for name, number in numbers.items() if number)


def digest_of(actor: Actor, *, at: datetime) -> Digest:
    """What waits for a person at a moment, in one statement."""
    parts = parts_of(actor, at=at) | dict(_of_the_day(actor, at))
    if not parts:
        return Digest()
    counted = count_each(parts, most=MOST)
    second = {name: number for name in SECOND if (number := counted.pop(name, 0))}
    return Digest(**counted, second=second)


def _of_the_day(actor: Actor, at: datetime) -> Iterator[tuple[str, QuerySet[Any]]]:
    """What officers, members of committees and inspectors have before them."""
    if actor.holds_somewhere(Permission.CHECK):
        here = QueueEntry.objects.on_which(actor, Permission.READ_QUEUE, Permission.CHECK)
        yield "soon", here.in_hand_of(actor.person, at=at).due_soon(at)
    if actor.holds_somewhere(Permission.INSPECT):
        yield "visits", visits_of_day(actor, on=timezone.localdate(at))
    if actor.holds_somewhere(Permission.VOTE):
        yield "matters", participant.matters(actor).exclude(waiting_matter=None)


def count_each(parts: Mapping[str, QuerySet[Any]], *, most: int) -> dict[str, int]:
    """How many rows each part has, counted up to `most` and all in one statement."""
    counted: list[str] = []
    values: list[Any] = []
    for part in parts.values():
        try:
            sql, params = part.order_by().values("pk")[:most].query.sql_with_params()
        except EmptyResultSet:  # what no place of the actor can have
            counted.append("0")
            continue
        counted.append(f"(SELECT count(*) FROM ({sql}) AS part)")  # noqa: S608 - Django's own statement
        values += params
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counted)}", values)
        return dict(zip(parts, cursor.fetchone(), strict=True))


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
    for each in SECOND_HANDS:
        if actor.holds_somewhere(each.permission):
            yield each.name, each.waiting(actor)
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
    otherwise = LetterChoice.objects.exclude(how=How.DAILY).values("person")
    told = Letter.objects.filter(kind="digest", at__gte=timezone.localtime(at).replace(hour=0, minute=0))
    sent = 0
    for person in _staff(at).exclude(pk__in=otherwise).exclude(pk__in=told.values("person")):
        waiting = digest_of(actor_for(person, at=at), at=at)
        if not waiting.is_empty:
            tell(person, "digest", at=at, about=str(waiting))
            sent += 1
    return sent


@app.periodic(cron="* * * * *")
@app.task(name="digest.tell_second_hands", queue="delivery", queueing_lock="digest.tell_second_hands")
def tell_second_hands(timestamp: int) -> None:
    """Each minute, tell those who want letters at once what was proposed that they may approve."""
    tell_at_once(at=datetime.now(UTC))


def tell_at_once(*, at: datetime) -> int:
    """Write one letter to each person who wants letters at once and may approve what was proposed since the letter
    before, or since the choice; how many were written."""
    written = 0
    for choice in LetterChoice.objects.filter(how=How.AT_ONCE, person__in=_staff(at)).select_related(
        "person"
    ):
        before = Letter.objects.filter(person=choice.person, kind="second-hand", at__gt=choice.at)
        last = before.order_by("-at").values_list("at", flat=True).first()
        since = max(last - SETTLED, choice.at) if last else choice.at
        if number := _proposed_between(actor_for(choice.person, at=at), since, at - SETTLED):
            tell(choice.person, "second-hand", at=at, about=str(number))
            written += 1
    return written


def _proposed_between(actor: Actor, since: datetime, until: datetime) -> int:
    parts = {}
    for name, rows in parts_of(actor, at=until).items():
        if name in SECOND:
            moment = _PROPOSED_AT.get(name, "proposed_at")
            parts[name] = rows.filter(Q(**{f"{moment}__gt": since, f"{moment}__lte": until}))
    return sum(count_each(parts, most=MOST).values()) if parts else 0


def _staff(at: datetime) -> QuerySet[Person]:
    """The people for whom anything of this may wait."""
    roles = [role for role, granted in PERMISSIONS.items() if granted & _DIGESTED]
    posts = Post.objects.in_force(on=timezone.localdate(at)).filter(role__in=roles, authority__isnull=False)
    return Person.objects.filter(pk__in=posts.values("person"), is_active=True)


_DIGESTED = frozenset(
    {Permission.CHECK, Permission.INSPECT, Permission.VOTE, *(each.permission for each in SECOND_HANDS)}
)
