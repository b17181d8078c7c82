"""Settlement: what a statement has and our books agree to moves from the gateway to the bank, each payment once.

A line that the books do not agree to stays where it is, with its difference, until somebody has closed that."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Final

from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.payments.ledger import credit, debit, post
from rukhsa.payments.models import Account, Entry, Posting
from rukhsa.reconciliation.compare import AT_ONCE, Booked, booked
from rukhsa.reconciliation.models import (
    Difference,
    SettledLine,
    Settlement,
    Statement,
    StatementLine,
)
from rukhsa.values.money import Money

Of = StatementLine.Of
STATEMENTS: Final = "reconciliation.statements"
"""What whoever takes a statement in, or settles, is alone with."""
_KINDS = {
    Of.PAYMENT: Posting.Kind.SETTLED,
    Of.RETURN: Posting.Kind.NETTED,
    Of.COMMISSION: Posting.Kind.KEPT,
}


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """A line, what our books have for it in minor units, and whose money it is."""

    line: StatementLine
    booked: int
    authority: str


def settle(
    statement: Statement, lines: Sequence[StatementLine], *, actor: Actor, at: datetime
) -> list[Settlement]:
    """Post what the books agree to of these lines of a statement, one settlement for each authority.

    The caller holds the lock of the statements. Any number of times with one effect: what was settled before stays as
    it is. Its cost grows with the lines: three statements of SQL a thousand."""
    by_authority: dict[str, list[Agreed]] = defaultdict(list)
    for each in _agreed(statement, lines):
        by_authority[each.authority].append(each)
    return [
        _post(statement, authority, agreed, actor=actor, at=at)
        for authority, agreed in sorted(by_authority.items())
    ]


def settle_reference(gateway: str, reference: str, *, actor: Actor, at: datetime) -> list[Settlement]:
    """The same for every line of one payment in the statements that count, once its difference was closed."""
    lines = StatementLine.objects.filter(
        statement__in=Statement.objects.current().filter(gateway=gateway), reference=reference
    ).select_related("statement")
    made: list[Settlement] = []
    for line in lines.order_by("statement__day", "row"):
        made += settle(line.statement, [line], actor=actor, at=at)
    return made


def _agreed(statement: Statement, lines: Sequence[StatementLine]) -> Iterator[Agreed]:
    seen: set[tuple[str, str]] = set()
    for some in batched(lines, AT_ONCE):
        references = [each.reference for each in some]
        seen |= set(
            SettledLine.objects.filter(gateway=statement.gateway, reference__in=references).values_list(
                "reference", "of"
            )
        )
        known, explained = booked(statement.gateway, some), _explained(statement.gateway, references)
        for line in some:
            ours = known.get(line.pk)
            # Of two lines of one payment the second is a difference, and settles nothing.
            if (line.reference, line.of) not in seen and _agrees(line, ours, explained):
                assert ours
                assert ours.authority
                seen.add((line.reference, line.of))
                yield Agreed(
                    line=line, booked=0 if line.is_commission else ours.minor, authority=ours.authority
                )


def _agrees(line: StatementLine, ours: Booked | None, explained: set[tuple[str, int | None]]) -> bool:
    if ours is None or not ours.settled or ours.authority is None:
        return False
    return line.is_commission or ours.minor == line.amount or (line.reference, line.amount) in explained


def _explained(gateway: str, references: Sequence[str]) -> set[tuple[str, int | None]]:
    """Payments with the other amount that was explained: they settle at that, as the statement says."""
    found = Difference.objects.filter(
        gateway=gateway, kind=Difference.Kind.AMOUNT, reference__in=references, explanations__closes=True
    )
    return set(found.values_list("reference", "theirs"))


def _post(
    statement: Statement, authority: str, agreed: list[Agreed], *, actor: Actor, at: datetime
) -> Settlement:
    net = sum(each.line.amount for each in agreed)
    settlement = Settlement.objects.create(
        statement=statement, authority_id=authority, count=len(agreed), net=net, person=actor.person, at=at
    )
    SettledLine.objects.bulk_create(
        (
            SettledLine(
                settlement=settlement, line=each.line, gateway=statement.gateway,
                reference=each.line.reference, of=each.line.of, booked=each.booked,
            )
            for each in agreed
        ),
        batch_size=2000,
    )  # fmt: skip
    for of, kind in _KINDS.items():
        if some := [each for each in agreed if each.line.of == of]:
            entries = list(_entries(statement, some, of))
            post(kind, authority, entries, at=at, settlement=settlement.pk)
    money = Money(minor=net, currency=statement.currency)
    journal.record("settle-statement", settlement, actor=actor, at=at, lines=len(agreed), amount=str(money))
    return settlement


def _entries(statement: Statement, agreed: Sequence[Agreed], of: str) -> Iterator[Entry]:
    """What came to the bank, or left it, and where from; what differs stands by itself, more and less apart."""
    yield _entry(statement, Account.BANK, sum(each.line.amount for each in agreed))
    if of == Of.COMMISSION:
        yield _entry(statement, Account.COMMISSIONS, -sum(each.line.amount for each in agreed))
        return
    yield _entry(statement, Account.CLEARING, -sum(each.booked for each in agreed))
    missing = [each.booked - each.line.amount for each in agreed]
    for part in ([each for each in missing if each > 0], [each for each in missing if each < 0]):
        if part:
            yield _entry(statement, Account.DIFFERENCES, sum(part))


def _entry(statement: Statement, account: Account, minor: int) -> Entry:
    money = Money(minor=abs(minor), currency=statement.currency)
    gateway = statement.gateway if account == Account.CLEARING else ""
    return (debit if minor > 0 else credit)(account, money, gateway=gateway)
