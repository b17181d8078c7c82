"""Refunds: money that a gateway took, that no charge needs, and that is owed back."""

from datetime import datetime

from rukhsa.audit import journal
from rukhsa.payments.ledger import credit, debit, post
from rukhsa.payments.models import Account, Attempt, Refund
from rukhsa.values.money import Money


def owe(attempt: Attempt, money: Money, reason: Refund.Reason, *, at: datetime) -> Refund:
    """Record that money of an attempt is owed back; once for each attempt."""
    refund, new = Refund.objects.get_or_create(
        attempt=attempt,
        defaults={"amount": money.minor, "currency": money.currency, "reason": reason, "due_at": at},
    )
    if new:
        taken = debit(Account.CLEARING, money, gateway=attempt.gateway)
        authority = attempt.charge.application.authority_id
        post(f"owed:{refund.pk}", authority, [taken, credit(account_of(refund), money)], at=at)
        journal.record("refund-due", attempt, actor=None, at=at, reason=reason.value, amount=str(money))
    return refund


def account_of(refund: Refund) -> Account:
    """The account on which a refund is owed, by its reason."""
    match refund.reason:
        case Refund.Reason.OVERPAID:
            return Account.OVERPAYMENTS
        case Refund.Reason.UNDERPAID:
            return Account.UNDERPAYMENTS
        case _:
            return Account.REFUNDS
