"""Settlements: what a statement and our books have alike moves from the gateway to the bank, each payment once.

A line that differs from the books stays where it is, with its difference, until that is closed.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from django.db import models

from rukhsa.accounts.models import Person
from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.payments.ledger import Account, Entry, Posting, credit, debit, post
from rukhsa.reconciliation.statement import Statement, StatementLine
from rukhsa.reconciliation.statement_difference import AT_ONCE, Booked, Difference, booked
from rukhsa.values.money import Money

Of = StatementLine.Of
_KINDS = {
    Of.PAYMENT: Posting.Kind.SETTLED,
    Of.RETURN: Posting.Kind.NETTED,
    Of.COMMISSION: Posting.Kind.KEPT,
}


class Settlement(models.Model):
    """The lines of a statement that agreed with our books at one moment, of one authority: it is in the bank."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="settlements")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    count = models.IntegerField()
    net = models.BigIntegerField()
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="+"
    )  # who took it in, or closed a difference
    at = models.DateTimeField()


class SettledLine(models.Model):
    """One settled line. A payment is settled once, as are its return and its commission."""

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="lines")
    line = models.OneToOneField(StatementLine, models.PROTECT, related_name="settled")
    gateway = models.CharField(max_length=20)
    reference = models.CharField(max_length=40)
    of = models.CharField(max_length=10, choices=StatementLine.Of)
    booked = models.BigIntegerField()  # what our books had; of a commission nothing

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "reference", "of"], name="payment_settled_once")
        ]


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """A line, what our books have for it in minor units, and the authority whose money it is."""

    line: StatementLine
    booked: int
    authority: str


def settle(
    statement: Statement, lines: Sequence[StatementLine], *, actor: Actor, at: datetime
) -> list[Settlement]:
    """Post the lines of a statement that agree with the books, in one settlement for each authority.

    The caller holds the lock of the statements. Safe any number of times: what was settled before stays as it is.
    Its cost grows with the lines: three queries for a thousand."""
    by_authority: dict[str, list[Agreed]] = defaultdict(list)
    for each in _agreed(statement, lines):
        by_authority[each.authority].append(each)
    return [
        _post(statement, authority, agreed, actor=actor, at=at)
        for authority, agreed in sorted(by_authority.items())
    ]


def settle_reference(gateway: str, reference: str, *, actor: Actor, at: datetime) -> list[Settlement]:
    """Settle every line of one payment in the current statements, once its difference was closed."""
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
            # The second of two lines of one payment is a difference, and settles nothing.
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
    """Payments with another amount that was explained: they settle at the amount of the statement."""
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
    """What came to the bank or left it, and from where; differences stand apart, more and less in an entry each."""
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
