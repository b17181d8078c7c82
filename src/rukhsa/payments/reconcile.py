"""Reconciliation: a gateway's statement against our receipts and refunds, every difference listed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rukhsa.payments.models import Attempt
from rukhsa.values.money import Money


@dataclass(frozen=True, kw_only=True)
class StatementLine:
    """One captured payment of a gateway's statement."""

    reference: str
    gateway_reference: str
    money: Money


class Kind(StrEnum):
    """How a statement and our books can differ."""

    UNKNOWN_HERE = "unknown-here"
    NOT_SETTLED_HERE = "not-settled-here"
    AMOUNT_DIFFERS = "amount-differs"
    NOT_IN_STATEMENT = "not-in-statement"
    LISTED_TWICE = "listed-twice"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One difference: of which attempt (by our reference), and both amounts where there are two."""

    kind: Kind
    reference: str
    theirs: Money | None
    ours: Money | None


def reconcile(
    gateway_code: str, statement: Iterable[StatementLine], *, since: datetime, until: datetime
) -> list[Difference]:
    """Compare a statement with the attempts captured in [since, until); an empty list when they agree."""
    lines = list(statement)
    by_reference = {line.reference: line for line in lines}
    known = Attempt.objects.filter(gateway=gateway_code, reference__in=by_reference).select_related(
        "receipt", "refund"
    )
    attempts = {attempt.reference: attempt for attempt in known}
    found = [difference for line in by_reference.values() if (difference := _compare(line, attempts))]
    found += _listed_twice(lines)
    captured = Attempt.objects.filter(
        gateway=gateway_code, state=Attempt.State.CAPTURED, ended_at__gte=since, ended_at__lt=until
    ).exclude(reference__in=by_reference)
    return found + [
        Difference(kind=Kind.NOT_IN_STATEMENT, reference=one.reference, theirs=None, ours=one.money)
        for one in captured
    ]


def _compare(line: StatementLine, attempts: dict[str, Attempt]) -> Difference | None:
    attempt = attempts.get(line.reference)
    if attempt is None:
        return Difference(kind=Kind.UNKNOWN_HERE, reference=line.reference, theirs=line.money, ours=None)
    accounted = hasattr(attempt, "receipt") or hasattr(attempt, "refund")
    if not accounted or attempt.gateway_reference != line.gateway_reference:
        kind = Kind.NOT_SETTLED_HERE
    elif attempt.money != line.money:
        kind = Kind.AMOUNT_DIFFERS
    else:
        return None
    return Difference(kind=kind, reference=line.reference, theirs=line.money, ours=attempt.money)


def _listed_twice(lines: list[StatementLine]) -> list[Difference]:
    seen: set[str] = set()
    twice = []
    for line in lines:
        if line.reference in seen:
            twice.append(
                Difference(kind=Kind.LISTED_TWICE, reference=line.reference, theirs=line.money, ours=None)
            )
        seen.add(line.reference)
    return twice
