"""The ledger: every fils that came, where it stands, and what it is owed for, in double entry."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from rukhsa.authorities.models import Authority
from rukhsa.payments.errors import NotInTheTable, Unbalanced
from rukhsa.payments.models import Account, ChargeLine, Entry, Posting
from rukhsa.payments.postings import POSTINGS
from rukhsa.values.money import Money

# What a row of a charge becomes once it is paid.
ACCOUNT_OF = {
    ChargeLine.Kind.FEE: Account.FEES,
    ChargeLine.Kind.FINE: Account.FINES,
    ChargeLine.Kind.DEPOSIT: Account.DEPOSITS,
}


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What stands on one account of one authority: debits less credits."""

    authority: str
    account: Account
    gateway: str
    money: Money


def debit(account: Account, money: Money, *, gateway: str = "", line: ChargeLine | None = None) -> Entry:
    """The side to which money comes."""
    return Entry(account=account, gateway=gateway, line=line, amount=money.minor, currency=money.currency)


def credit(account: Account, money: Money, *, gateway: str = "", line: ChargeLine | None = None) -> Entry:
    """The side from which it comes, or for which it is owed."""
    return Entry(account=account, gateway=gateway, line=line, amount=-money.minor, currency=money.currency)


@transaction.atomic
def post(event: str, authority_id: str | None, entries: Sequence[Entry], *, at: datetime) -> Posting:
    """Write one event into the books, in the transaction of the event itself.

    Raise Unbalanced when the entries do not add up to nothing in each currency, and NotInTheTable when the table
    of postings knows no such move; posting the same event twice is an IntegrityError, since whoever posts holds the
    lock of what the event is about."""
    sums: Counter[str] = Counter()
    for entry in entries:
        sums[entry.currency] += entry.amount
    if not entries or any(sums.values()):
        raise Unbalanced(f"{event}: {dict(sums)}")
    _require_in_table(event, entries)
    # What is paid was submitted, and has an authority.
    assert authority_id
    posting = Posting.objects.create(event=event, authority_id=authority_id, at=at)
    for entry in entries:
        entry.posting = posting
    Entry.objects.bulk_create(entries)
    return posting


def _require_in_table(event: str, entries: Sequence[Entry]) -> None:
    flow = POSTINGS.get(event.partition(":")[0])
    if flow is None or not all(flow.allows(Account(one.account), one.amount) for one in entries):
        raise NotInTheTable(f"{event}: {[(one.account, one.amount) for one in entries]}")


def balances(authority: Authority | None = None) -> list[Balance]:
    """What stands on every account, of one authority or of all; the sum of it all is nothing, at every moment.

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
    """The sum of all entries by currency: nothing, unless somebody went around the database's own refusal."""
    rows = Entry.objects.values("currency").annotate(sum=Sum("amount")).order_by("currency")
    return {row["currency"]: row["sum"] for row in rows}
