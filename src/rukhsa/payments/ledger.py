"""The ledger: every fils that came, where it stands, and what it is owed for, in double entry."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models, transaction
from django.db.models import CharField, Q, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat

from rukhsa.authorities.models import Authority
from rukhsa.payments.charge import ChargeLine, Receipt
from rukhsa.payments.errors import PaymentsError
from rukhsa.values.money import Money


class Unbalanced(PaymentsError):
    """The entries of a posting do not add up to zero: a fault of ours, and nothing is written."""

    code = "unbalanced"


class NotInTheTable(PaymentsError):
    """The table of postings has no such move of money: a fault of ours, and nothing is written."""

    code = "not-in-the-table"


class Account(models.TextChoices):
    """Where money stands, for each authority; the comments say what an amount above or below zero means."""

    CLEARING = "clearing"  # a gateway took it and owes it to us
    BANK = "bank"  # it is in the authority's account
    COMMISSIONS = "commissions"  # what gateways keep for themselves
    DIFFERENCES = "differences"  # above zero: a gateway paid out less than it took, and it was explained
    FEES = "fees"  # below zero: earned
    FINES = "fines"  # below zero: earned
    FORFEITURES = "forfeitures"  # below zero: earned, of deposits
    DEPOSITS = "deposits"  # below zero: held, and owed once the works are done
    RELEASES = "releases"  # below zero: deposits on their way back
    OVERPAYMENTS = "overpayments"  # below zero: owed back
    UNDERPAYMENTS = "underpayments"  # below zero: owed back
    REFUNDS = "refunds"  # below zero: owed back for any other reason


# Which fact each kind of posting is about: a foreign key of the posting.
CAUSES = {
    "receipt": ["captured"],
    "refund": ["owed"],
    "payout": ["refunded", "returned"],
    "movement": ["forfeited", "released"],
    "settlement": ["settled", "netted", "kept"],
}


def _names_its_cause_alone() -> Q:
    found = Q()
    for cause, kinds in CAUSES.items():
        found |= Q(kind__in=kinds, **{f"{each}__isnull": each != cause for each in CAUSES})
    return found


class Posting(models.Model):
    """One thing that happened to money: the fact that caused it, and entries that add up to zero.

    The database checks both, and takes each fact once.
    """

    class Kind(models.TextChoices):
        CAPTURED = "captured"
        OWED = "owed"
        REFUNDED = "refunded"
        SETTLED = "settled"
        NETTED = "netted"
        KEPT = "kept"
        FORFEITED = "forfeited"
        RELEASED = "released"
        RETURNED = "returned"

    kind = models.CharField(max_length=10, choices=Kind)
    receipt = models.OneToOneField(Receipt, models.PROTECT, null=True, related_name="posting")
    refund = models.OneToOneField("payments.Refund", models.PROTECT, null=True, related_name="posting")
    payout = models.OneToOneField("payments.Payout", models.PROTECT, null=True, related_name="posting")
    movement = models.OneToOneField(
        "payments.DepositMovement", models.PROTECT, null=True, related_name="posting"
    )
    # Settlements are of a later room, reconciliation: its migration makes this a foreign key.
    settlement = models.UUIDField(null=True)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_names_its_cause_alone(), name="posting_of_one_fact"),
            models.UniqueConstraint(fields=["settlement", "kind"], name="settlement_posted_once"),
        ]
        indexes = [models.Index(fields=["authority", "at"], name="postings_of_a_day")]


def event_of(path: str = "") -> Concat:
    """What reports call a posting, such as `captured:` with the id of an attempt; `path` leads to the posting."""
    about = ("receipt__attempt", "refund", "payout__refund", "payout__release", "movement", "settlement")
    return Concat(
        f"{path}kind", Value(":"), Coalesce(*(Cast(f"{path}{each}", CharField()) for each in about))
    )


class Entry(models.Model):
    """One side of a posting: an account, and what came to it (above zero, debit) or left it (below, credit)."""

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="entries")
    account = models.CharField(max_length=16, choices=Account)
    gateway = models.CharField(max_length=20, blank=True)  # of clearing: which gateway has it
    line = models.ForeignKey(
        ChargeLine, models.PROTECT, null=True, related_name="entries"
    )  # what it was paid for
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="entry_is_of_something"),
            models.CheckConstraint(
                condition=Q(account="clearing") ^ Q(gateway=""), name="clearing_is_of_a_gateway"
            ),
        ]


_OWED = frozenset({Account.OVERPAYMENTS, Account.UNDERPAYMENTS, Account.REFUNDS})


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One row of the table of postings: what happened (`of`), and which accounts it debits and credits."""

    of: str
    debit: frozenset[Account]
    credit: frozenset[Account]
    is_of_gateway: bool = False  # between a gateway and us: no person pays or is paid

    def allows(self, account: Account, amount: int) -> bool:
        """Whether an entry of this amount, above zero a debit, may stand on that account."""
        return account in (self.debit if amount > 0 else self.credit)


# What is not in the table cannot be posted.
POSTINGS: dict[str, Flow] = {
    Posting.Kind.CAPTURED: Flow(
        of="an attempt that pays its charge: one entry for each row of it",
        debit=frozenset({Account.CLEARING}),
        credit=frozenset({Account.FEES, Account.FINES, Account.DEPOSITS}),
    ),
    Posting.Kind.OWED: Flow(
        of="money that a gateway took and no charge needs: its reason says on which account it is owed",
        debit=frozenset({Account.CLEARING}),
        credit=_OWED,
    ),
    Posting.Kind.REFUNDED: Flow(
        of="what was owed has gone back, through its gateway or by the bank",
        debit=_OWED,
        credit=frozenset({Account.CLEARING, Account.BANK}),
    ),
    Posting.Kind.SETTLED: Flow(
        of="a statement has what a gateway took, or another amount that was explained: it has come to the bank",
        debit=frozenset({Account.BANK, Account.DIFFERENCES}),
        credit=frozenset({Account.CLEARING, Account.DIFFERENCES}),
        is_of_gateway=True,
    ),
    Posting.Kind.NETTED: Flow(
        of="a statement has what a gateway gave back: so much less has come to the bank",
        debit=frozenset({Account.CLEARING, Account.DIFFERENCES}),
        credit=frozenset({Account.BANK, Account.DIFFERENCES}),
        is_of_gateway=True,
    ),
    Posting.Kind.KEPT: Flow(
        of="a statement has what a gateway keeps for itself: so much less has come to the bank",
        debit=frozenset({Account.COMMISSIONS}),
        credit=frozenset({Account.BANK}),
        is_of_gateway=True,
    ),
    Posting.Kind.FORFEITED: Flow(
        of="a part of a deposit is kept, with a reason",
        debit=frozenset({Account.DEPOSITS}),
        credit=frozenset({Account.FORFEITURES}),
    ),
    Posting.Kind.RELEASED: Flow(
        of="what is left of a deposit is free to go back",
        debit=frozenset({Account.DEPOSITS}),
        credit=frozenset({Account.RELEASES}),
    ),
    Posting.Kind.RETURNED: Flow(
        of="a released deposit has gone back by the bank",
        debit=frozenset({Account.RELEASES}),
        credit=frozenset({Account.BANK}),
    ),
}


@transaction.atomic
def post(
    kind: Posting.Kind,
    authority_id: str | None,
    entries: Sequence[Entry],
    *,
    at: datetime,
    **cause: models.Model | UUID,
) -> Posting:
    """Write what happened into the books, in its own transaction; `cause` is the fact, such as `receipt=receipt`.

    Raises Unbalanced when the entries do not add up to zero in each currency, and NotInTheTable when the table of
    postings has no such move. Posting a fact twice is an IntegrityError, since the caller holds the lock of what the
    fact is about."""
    sums: Counter[str] = Counter()
    for entry in entries:
        sums[entry.currency] += entry.amount
    if not entries or any(sums.values()):
        raise Unbalanced(f"{kind} {cause}: {dict(sums)}")
    if not all(POSTINGS[kind].allows(Account(one.account), one.amount) for one in entries):
        raise NotInTheTable(f"{kind} {cause}: {[(one.account, one.amount) for one in entries]}")
    # What is paid was submitted, and has an authority.
    assert authority_id
    posting = Posting.objects.create(kind=kind, authority_id=authority_id, at=at, **cause)
    for entry in entries:
        entry.posting = posting
    Entry.objects.bulk_create(entries)
    return posting


def debit(account: Account, money: Money, *, gateway: str = "", line: ChargeLine | None = None) -> Entry:
    """The entry of the account to which money comes."""
    return Entry(account=account, gateway=gateway, line=line, amount=money.minor, currency=money.currency)


def credit(account: Account, money: Money, *, gateway: str = "", line: ChargeLine | None = None) -> Entry:
    """The entry of the account from which money comes, or for which it is owed."""
    return Entry(account=account, gateway=gateway, line=line, amount=-money.minor, currency=money.currency)


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What stands on one account of one authority: debits less credits."""

    authority: str
    account: Account
    gateway: str
    money: Money


def balances(authority: Authority | None = None) -> list[Balance]:
    """What stands on every account, of one authority or of all; together they add up to zero at every moment.

    One statement; its cost grows with the entries of the authority."""
    entries = Entry.objects.filter(posting__authority=authority) if authority else Entry.objects.all()
    keys = ("posting__authority_id", "account", "gateway", "currency")
    rows = entries.values(*keys).annotate(sum=Sum("amount")).order_by(*keys)
    return [
        Balance(
            authority=row["posting__authority_id"],
            account=Account(row["account"]),
            gateway=row["gateway"],
            money=Money(minor=row["sum"], currency=row["currency"]),
        )
        for row in rows
    ]


def trial_balance() -> dict[str, int]:
    """The sum of all entries by currency: zero, unless the database's own checks were circumvented."""
    rows = Entry.objects.values("currency").annotate(sum=Sum("amount")).order_by("currency")
    return {row["currency"]: row["sum"] for row in rows}
