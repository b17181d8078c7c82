"""Refunds: money that a gateway took, that no charge needs, and that is owed back."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from rukhsa.audit import journal
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.payments.amount import Amount
from rukhsa.payments.attempt import Attempt
from rukhsa.payments.ledger import Account, Posting, credit, debit, post
from rukhsa.values.money import Money


class Refund(Scoped, Amount):
    """Money of an attempt that is owed back to the applicant."""

    class Reason(models.TextChoices):
        PAID_TWICE = "paid-twice"
        PAID_AFTER_GIVING_UP = "paid-after-giving-up"
        OVERPAID = "overpaid"
        UNDERPAID = "underpaid"
        APPLICATION_CLOSED = "application-closed"
        QUOTE_REPLACED = "quote-replaced"

    attempt = models.OneToOneField(Attempt, models.PROTECT, related_name="refund")
    reason = models.CharField(max_length=24, choices=Reason)
    due_at = models.DateTimeField()

    authority_path = "attempt__charge__application__authority"
    objects = ScopedQuerySet["Refund"].as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_of_something")]

    @property
    def account(self) -> Account:
        """The account on which it is owed, by its reason."""
        match self.reason:
            case self.Reason.OVERPAID:
                return Account.OVERPAYMENTS
            case self.Reason.UNDERPAID:
                return Account.UNDERPAYMENTS
            case _:
                return Account.REFUNDS


def owe(attempt: Attempt, money: Money, reason: Refund.Reason, *, at: datetime) -> Refund:
    """Record that money of an attempt is owed back; once for each attempt."""
    refund, new = Refund.objects.get_or_create(
        attempt=attempt,
        defaults={"amount": money.minor, "currency": money.currency, "reason": reason, "due_at": at},
    )
    if new:
        taken = debit(Account.CLEARING, money, gateway=attempt.gateway)
        authority = attempt.charge.application.authority_id
        entries = [taken, credit(refund.account, money)]
        post(Posting.Kind.OWED, authority, entries, at=at, refund=refund)
        journal.record("refund-due", attempt, actor=None, at=at, reason=reason.value, amount=str(money))
    return refund
