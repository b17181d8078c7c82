"""Compares a statement with our books: what was captured and sent back, by our references, in both directions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from rukhsa.catalogue.territory import territory
from rukhsa.payments.models import Attempt, Payout
from rukhsa.reconciliation.models import Difference, Statement, StatementLine

LATE_AFTER: Final = timedelta(days=1)
# A capture is learned of within this time of it, unless it is late: so long before `ended_at` it may have been.
LEARNED_WITHIN: Final = timedelta(hours=1)
AT_ONCE: Final = 1000

Kind = Difference.Kind


@dataclass(frozen=True, kw_only=True)
class Booked:
    """What our books say of one movement: how much, whether it is accounted for, since when, and whose it is."""

    minor: int
    settled: bool
    known_at: datetime | None
    authority: str | None


def differences(statement: Statement) -> Iterator[Difference]:
    """Every difference between a stored statement and the books as they are now; none is stored here.

    Its cost grows with the lines of the statement and the payments of its day: two statements of SQL a thousand lines.
    """
    lines = list(statement.lines.order_by("row"))
    for some in batched(lines, AT_ONCE):
        known = booked(statement.gateway, some)
        for line in some:
            yield from _of_line(statement, line, known.get(line.pk))
    yield from _twice(statement, lines)
    yield from _missing_there(statement)


def booked(gateway: str, lines: Sequence[StatementLine]) -> dict[int, Booked]:
    """What our books have for each of these lines, by its key; a commission is that of its payment."""
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
    earlier: set[tuple[str, str]] = set()
    for some in batched(lines, AT_ONCE):
        others = StatementLine.objects.filter(
            reference__in=[each.reference for each in some], statement__in=_others(statement)
        )
        earlier |= {(each.reference, each.of) for each in others}
    for line in lines:
        if (line.reference, line.of) in earlier:
            yield _difference(statement, Kind.TWICE, line, None)
        earlier.add((line.reference, line.of))


def _missing_there(statement: Statement) -> Iterator[Difference]:
    """What our books have for that day, and no statement that counts has."""
    begin, end = territory().bounds(statement.day)
    listed = StatementLine.objects.filter(
        reference=OuterRef("reference"), statement__in=Statement.objects.current()
    )
    captured = Attempt.objects.filter(
        ~Exists(listed.filter(amount__gt=0, statement__gateway=statement.gateway)),
        gateway=statement.gateway,
        state=Attempt.State.CAPTURED,
        ended_at__gte=begin,
        ended_at__lt=end + LEARNED_WITHIN,
    )
    # Before every day on which it may have been captured has its statement, nobody can say that it lacks.
    there, zone = _days_around(statement), territory().zone
    for attempt in captured.select_related("charge__application"):
        assert attempt.ended_at
        first = max(attempt.started_at, attempt.ended_at - LEARNED_WITHIN)
        if {moment.astimezone(zone).date() for moment in (first, attempt.ended_at)} <= there:
            yield _absent(statement, attempt.reference, attempt.amount, _authority_of(attempt))
    yield from _payouts_missing_there(statement)


def _payouts_missing_there(statement: Statement) -> Iterator[Difference]:
    begin, end = territory().bounds(statement.day)
    sent = Payout.objects.filter(
        ~Exists(
            StatementLine.objects.filter(
                reference=OuterRef("refund__attempt__reference"),
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
    for payout in sent.select_related("refund__attempt"):
        assert payout.refund
        yield _absent(statement, payout.refund.attempt.reference, -payout.amount, payout.authority_id)


def _days_around(statement: Statement) -> set[date]:
    """Of its day, the one before and the one after: those whose statement is here."""
    around = (statement.day - timedelta(days=1), statement.day + timedelta(days=1))
    found = Statement.objects.filter(gateway=statement.gateway, day__range=around)
    return set(found.values_list("day", flat=True))


def _payments(gateway: str, references: Sequence[str]) -> dict[str, Booked]:
    found = Attempt.objects.filter(gateway=gateway, reference__in=references)
    found = found.select_related("receipt", "refund", "charge__application")
    return {each.reference: _booked(each) for each in found}


def _booked(attempt: Attempt) -> Booked:
    """What was taken for an attempt: what its receipt says, and what is owed back; both where it was overpaid."""
    homes = [getattr(attempt, name).amount for name in ("receipt", "refund") if hasattr(attempt, name)]
    return Booked(
        minor=sum(homes) if homes else attempt.amount,
        settled=bool(homes),
        known_at=attempt.ended_at,
        authority=_authority_of(attempt),
    )


def _payouts(gateway: str, references: Sequence[str]) -> dict[str, Booked]:
    found = Payout.objects.filter(
        channel=gateway, refund__attempt__reference__in=references, state__in=Payout.LIVE
    ).select_related("refund__attempt")
    return {
        each.refund.attempt.reference: Booked(
            minor=-each.amount,
            settled=each.state == Payout.State.DONE,
            known_at=each.ended_at,
            authority=each.authority_id,
        )
        for each in found
        if each.refund
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


def _others(statement: Statement) -> QuerySet[Statement]:
    return Statement.objects.current().filter(gateway=statement.gateway).exclude(day=statement.day)


def _authority_of(attempt: Attempt) -> str | None:
    return attempt.charge.application.authority_id
