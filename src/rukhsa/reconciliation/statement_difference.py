"""The comparison of a statement with our books, in both directions: each difference, and the person who owns it."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched
from typing import Final, Self

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import PERMISSIONS, Permission
from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority, Post
from rukhsa.authorities.scope import TERRITORY, Holder, Scope, Scoped, ScopedQuerySet
from rukhsa.catalogue.territory import territory
from rukhsa.payments.models import Attempt, Payout
from rukhsa.reconciliation.errors import ReconciliationError
from rukhsa.reconciliation.statement import Statement, StatementLine
from rukhsa.values.money import Money

LATE_AFTER: Final = timedelta(days=1)
# We learn of a capture within this time, unless it is late: it happened at most so long before `ended_at`.
LEARNED_WITHIN: Final = timedelta(hours=1)
AT_ONCE: Final = 1000
RECONCILING: Final = [role for role, allowed in PERMISSIONS.items() if Permission.RECONCILE in allowed]


class AlreadyExplained(ReconciliationError):
    """The difference was closed already."""

    code = "already-explained"


class NotAnOwner(ReconciliationError):
    """The owner of a difference must be one of finance, at its authority."""

    code = "not-an-owner"


class DifferenceQuerySet(ScopedQuerySet["Difference"]):
    """Which differences are open, and whose they are."""

    def on_which(self, actor: Holder, permission: Permission, *also: Permission) -> Self:
        """At the authorities in which the actor holds all of these permissions, or of no known authority."""
        mine = actor.authorities_where(permission, *also)
        return self.filter(Q(authority__in=mine) | Q(authority=None)) if mine else self.none()

    def open(self) -> "DifferenceQuerySet":
        """Differences that no explanation has closed."""
        return self.exclude(explanations__closes=True)

    def of(self, person: Person) -> "DifferenceQuerySet":
        """The differences that a person owns."""
        return self.annotate(owner=_owner()).filter(owner=person.pk)

    def owned(self) -> "DifferenceQuerySet":
        """With `owner`, the key of the person to whom each was given last."""
        return self.annotate(owner=_owner())


def _owner() -> Subquery:
    return Subquery(Ownership.objects.filter(difference=OuterRef("pk")).order_by("-pk").values("person")[:1])


class Difference(Scoped):
    """One thing on which a statement and our books differ. It stays open until a person has explained it."""

    class Kind(models.TextChoices):
        MISSING_HERE = "missing-here"  # the gateway took it, and we know no such payment
        NOT_SETTLED_HERE = "not-settled-here"  # we know it, but not that it was paid
        MISSING_THERE = "missing-there"  # it is paid in our books, and no statement has it
        AMOUNT = "amount"
        TWICE = "twice"  # the gateway lists one payment twice
        LATE = "late"  # we learned of it more than a day after
        WRONG_DAY = "wrong-day"  # it stands in the statement of another day

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="differences")
    kind = models.CharField(max_length=16, choices=Kind)
    gateway = models.CharField(max_length=20)
    reference = models.CharField(max_length=40)  # ours, as the statement or our books have it
    gateway_reference = models.CharField(max_length=80, blank=True)
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, related_name="+")  # where it is known
    theirs = models.BigIntegerField(null=True)
    ours = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    found_at = models.DateTimeField()

    objects = DifferenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "kind", "reference", "gateway_reference"], name="difference_found_once"
            )
        ]
        indexes = [models.Index(fields=["found_at"], name="differences_oldest_first")]

    @property
    def scope(self) -> Scope:
        """Its authority; where that is not known, all authorities."""
        return super().scope if self.authority_id else TERRITORY

    @property
    def money_there(self) -> Money | None:
        """What the gateway says."""
        return None if self.theirs is None else Money(minor=self.theirs, currency=self.currency)

    @property
    def money_here(self) -> Money | None:
        """What our books say."""
        return None if self.ours is None else Money(minor=self.ours, currency=self.currency)

    def age(self, at: datetime) -> timedelta:
        """How long it has been open, or was until it was closed."""
        closing = next((each for each in self.explanations.all() if each.closes), None)
        return (closing.at if closing else at) - self.found_at


class Ownership(models.Model):
    """Who owns a difference; the last one counts."""

    difference = models.ForeignKey(Difference, models.PROTECT, related_name="ownerships")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


Kind = Difference.Kind
# The reference that the gateway was told of the payment from which a payout goes back.
TOLD = Coalesce("refund__attempt__carried_by__reference", "refund__attempt__reference")


@dataclass(frozen=True, kw_only=True)
class Booked:
    """What our books say of one movement: how much, whether it is accounted for, since when, and at which authority."""

    minor: int
    settled: bool
    known_at: datetime | None
    authority: str | None


def differences(statement: Statement) -> Iterator[Difference]:
    """Every difference between a stored statement and the books as they are now; none is stored here.

    Its cost grows with the lines of the statement and the payments of its day: two queries for a thousand lines.
    """
    lines = list(statement.lines.order_by("row"))
    for some in batched(lines, AT_ONCE):
        known = booked(statement.gateway, some)
        for line in some:
            yield from _of_line(statement, line, known.get(line.pk))
    yield from _twice(statement, lines)
    yield from _missing_there(statement)


def booked(gateway: str, lines: Sequence[StatementLine]) -> dict[int, Booked]:
    """What our books have for each of these lines, by its key; a commission belongs to its payment."""
    references = [each.reference for each in lines]
    payments, payouts = _payments(gateway, references), _payouts(gateway, references)
    found = {
        each.pk: (payouts if each.of == StatementLine.Of.RETURN else payments).get(each.reference)
        for each in lines
    }
    return {key: ours for key, ours in found.items() if ours}


def _of_line(statement: Statement, line: StatementLine, ours: Booked | None) -> Iterator[Difference]:
    if ours is None:
        yield _difference(statement, Kind.MISSING_HERE, line, None)
        return
    if not ours.settled:
        yield _difference(statement, Kind.NOT_SETTLED_HERE, line, ours)
    if ours.minor != line.amount and not line.is_commission:
        yield _difference(statement, Kind.AMOUNT, line, ours)
    if ours.known_at and ours.known_at - line.at > LATE_AFTER:
        yield _difference(statement, Kind.LATE, line, ours)
    if line.at.astimezone(territory().zone).date() != statement.day:
        yield _difference(statement, Kind.WRONG_DAY, line, ours)


def _twice(statement: Statement, lines: Sequence[StatementLine]) -> Iterator[Difference]:
    """A second movement of the same kind under one reference, in this statement or another that counts."""
    others = Statement.objects.current().filter(gateway=statement.gateway).exclude(day=statement.day)
    earlier: set[tuple[str, str]] = set()
    for some in batched(lines, AT_ONCE):
        listed = StatementLine.objects.filter(
            reference__in=[each.reference for each in some], statement__in=others
        )
        earlier |= {(each.reference, each.of) for each in listed}
    for line in lines:
        if (line.reference, line.of) in earlier:
            yield _difference(statement, Kind.TWICE, line, None)
        earlier.add((line.reference, line.of))


def _missing_there(statement: Statement) -> Iterator[Difference]:
    """What our books have for that day, and no current statement has."""
    begin, end = territory().bounds(statement.day)
    listed = StatementLine.objects.filter(
        reference=OuterRef("reference"), statement__in=Statement.objects.current()
    )
    captured = Attempt.objects.at_gateways().filter(
        ~Exists(listed.filter(amount__gt=0, statement__gateway=statement.gateway)),
        gateway=statement.gateway,
        state=Attempt.State.CAPTURED,
        ended_at__gte=begin,
        ended_at__lt=end + LEARNED_WITHIN,
    )
    # Only once every day on which it may have been captured has its statement is it known to be missing.
    there, zone = _days_around(statement), territory().zone
    for attempt in captured.select_related("charge__application"):
        assert attempt.ended_at
        first = max(attempt.started_at, attempt.ended_at - LEARNED_WITHIN)
        if {moment.astimezone(zone).date() for moment in (first, attempt.ended_at)} <= there:
            yield _absent(statement, attempt.reference, attempt.asked.minor, _authority_of(attempt))
    yield from _payouts_missing_there(statement)


def _payouts_missing_there(statement: Statement) -> Iterator[Difference]:
    begin, end = territory().bounds(statement.day)
    sent = Payout.objects.annotate(told=TOLD).filter(
        ~Exists(
            StatementLine.objects.filter(
                reference=OuterRef("told"),
                amount__lt=0,
                is_commission=False,
                statement__in=Statement.objects.current().filter(gateway=statement.gateway),
            )
        ),
        channel=statement.gateway,
        state=Payout.State.DONE,
        ended_at__gte=begin,
        ended_at__lt=end,
    )
    for payout in sent:
        yield _absent(statement, payout.told, -payout.amount, payout.authority_id)


def _days_around(statement: Statement) -> set[date]:
    """The day before and the day after, where their statement is here."""
    around = (statement.day - timedelta(days=1), statement.day + timedelta(days=1))
    found = Statement.objects.filter(gateway=statement.gateway, day__range=around)
    return set(found.values_list("day", flat=True))


def _payments(gateway: str, references: Sequence[str]) -> dict[str, Booked]:
    """By reference; of a joint payment what was taken for all that it covers, since a statement has one line of it."""
    of_it = Q(reference__in=references) | Q(carried_by__reference__in=references)
    found = Attempt.objects.filter(of_it, gateway=gateway)
    found = found.select_related("receipt", "refund", "charge__application", "carried_by")
    covered: dict[str, list[Attempt]] = defaultdict(list)
    for each in found:
        covered[each.at_gateway.reference].append(each)
    return {reference: _booked(attempts) for reference, attempts in covered.items()}


def payments_behind(difference: Difference) -> QuerySet[Attempt]:
    """The payments that our books have under the reference of a difference: several where they were paid together."""
    of_it = Q(reference=difference.reference) | Q(carried_by__reference=difference.reference)
    found = Attempt.objects.filter(of_it, gateway=difference.gateway)
    return found.select_related("charge__receipt", "charge__application").order_by("started_at", "pk")


def _booked(attempts: Sequence[Attempt]) -> Booked:
    """What was taken: the receipt of each charge, its refund, or both where it was overpaid."""
    homes = [
        [getattr(each, name).amount for name in ("receipt", "refund") if hasattr(each, name)]
        for each in attempts
    ]
    return Booked(
        minor=sum(sum(home) if home else each.amount for each, home in zip(attempts, homes, strict=True)),
        settled=all(homes),
        known_at=attempts[0].ended_at,
        authority=_authority_of(attempts[0]),
    )


def _payouts(gateway: str, references: Sequence[str]) -> dict[str, Booked]:
    found = Payout.objects.annotate(told=TOLD).filter(
        channel=gateway, told__in=references, state__in=Payout.LIVE
    )
    return {
        each.told: Booked(
            minor=-each.amount,
            settled=each.state == Payout.State.DONE,
            known_at=each.ended_at,
            authority=each.authority_id,
        )
        for each in found
    }


def _difference(statement: Statement, kind: Kind, line: StatementLine, ours: Booked | None) -> Difference:
    return Difference(
        statement=statement,
        kind=kind,
        gateway=statement.gateway,
        reference=line.reference,
        gateway_reference=line.gateway_reference,
        authority_id=ours.authority if ours else None,
        theirs=line.amount,
        ours=ours.minor if ours else None,
        currency=line.currency,
        found_at=statement.taken_at,
    )


def _absent(statement: Statement, reference: str, minor: int, authority: str | None) -> Difference:
    return Difference(
        statement=statement,
        kind=Kind.MISSING_THERE,
        gateway=statement.gateway,
        reference=reference,
        authority_id=authority,
        theirs=None,
        ours=minor,
        currency=statement.currency,
        found_at=statement.taken_at,
    )


def _authority_of(attempt: Attempt) -> str | None:
    return attempt.charge.application.authority_id


def possible_owners(difference: Difference, at: datetime) -> QuerySet[Person]:
    """Who may own a difference: people who reconcile at its authority, or at any where that is not known."""
    posts = Post.objects.in_force(on=timezone.localdate(at)).filter(role__in=RECONCILING, agency=None)
    if difference.authority_id:
        posts = posts.filter(authority=difference.authority_id)
    return Person.objects.filter(pk__in=posts.values("person"), is_active=True).order_by("name_en")


@transaction.atomic
def assign_owner(difference: Difference, owner: Person, *, actor: Actor, at: datetime) -> Ownership:
    """Give it to an owner. Raises NotPermitted, NotAnOwner, AlreadyExplained."""
    actor.require(Permission.RECONCILE, at=difference.scope)
    require_open(difference)
    if not possible_owners(difference, at).filter(pk=owner.pk).exists():
        raise NotAnOwner
    journal.record("give-difference", difference, actor=actor, at=at)
    return Ownership.objects.create(difference=difference, person=owner, given_by=actor.person, at=at)


def require_open(difference: Difference) -> None:
    """Lock a difference; raise AlreadyExplained where it was closed."""
    Difference.objects.select_for_update().get(pk=difference.pk)
    if difference.explanations.filter(closes=True).exists():
        raise AlreadyExplained
