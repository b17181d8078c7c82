"""The table of postings: for each thing that can happen to money, which accounts it may move between."""

from dataclasses import dataclass

from rukhsa.payments.models import Account

_OWED = frozenset({Account.OVERPAYMENTS, Account.UNDERPAYMENTS, Account.REFUNDS})


@dataclass(frozen=True, kw_only=True)
class Flow:
    """What happened (`of`), to which accounts it comes (debit) and from which, or for which, it goes (credit)."""

    of: str
    debit: frozenset[Account]
    credit: frozenset[Account]
    is_of_gateway: bool = False  # between a gateway and us: no person pays or is paid

    def allows(self, account: Account, amount: int) -> bool:
        """Whether an entry of this amount, above zero a debit, may stand on that account."""
        return account in (self.debit if amount > 0 else self.credit)


# By the word before the colon of a posting's event. What is not in the table cannot be posted.
POSTINGS: dict[str, Flow] = {
    "captured": Flow(
        of="an attempt that pays its charge: one entry for each row of it",
        debit=frozenset({Account.CLEARING}),
        credit=frozenset({Account.FEES, Account.FINES, Account.DEPOSITS}),
    ),
    "owed": Flow(
        of="money that a gateway took and no charge needs: its reason says on which account it is owed",
        debit=frozenset({Account.CLEARING}),
        credit=_OWED,
    ),
    "refunded": Flow(
        of="what was owed has gone back, through its gateway or by the bank",
        debit=_OWED,
        credit=frozenset({Account.CLEARING, Account.BANK}),
    ),
    "settled": Flow(
        of="a statement has what a gateway took, or another amount that was explained: it has come to the bank",
        debit=frozenset({Account.BANK, Account.DIFFERENCES}),
        credit=frozenset({Account.CLEARING, Account.DIFFERENCES}),
        is_of_gateway=True,
    ),
    "netted": Flow(
        of="a statement has what a gateway gave back: so much less has come to the bank",
        debit=frozenset({Account.CLEARING, Account.DIFFERENCES}),
        credit=frozenset({Account.BANK, Account.DIFFERENCES}),
        is_of_gateway=True,
    ),
    "kept": Flow(
        of="a statement has what a gateway keeps for itself: so much less has come to the bank",
        debit=frozenset({Account.COMMISSIONS}),
        credit=frozenset({Account.BANK}),
        is_of_gateway=True,
    ),
    "forfeited": Flow(
        of="a part of a deposit is kept, with a reason",
        debit=frozenset({Account.DEPOSITS}),
        credit=frozenset({Account.FORFEITURES}),
    ),
    "released": Flow(
        of="what is left of a deposit is free to go back",
        debit=frozenset({Account.DEPOSITS}),
        credit=frozenset({Account.RELEASES}),
    ),
    "returned": Flow(
        of="a released deposit has gone back by the bank",
        debit=frozenset({Account.RELEASES}),
        credit=frozenset({Account.BANK}),
    ),
}
