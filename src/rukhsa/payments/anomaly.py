"""Anomalies: payments that did not go their usual way, each with the rule that shows it, its age and its end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Exists, F, OuterRef

from rukhsa.accounts.permissions import Permission
from rukhsa.authorities.actor import Actor
from rukhsa.payments.attempt import Attempt
from rukhsa.payments.gateway_notice import GatewayNotice
from rukhsa.payments.gateways.registry import gateways
from rukhsa.payments.payout import Payout
from rukhsa.payments.refund import Refund
from rukhsa.values.money import Money

# A payment on a gateway's page takes minutes; what takes longer is shown.
USUAL = timedelta(minutes=15)
# How long an anomaly is shown after the payment ended.
SHOWN_FOR = timedelta(days=7)
A_LIST = 50


class Rule(StrEnum):
    """How a payment can go another way than the usual one."""

    NEEDS_REVIEW = "needs-review"
    WITHOUT_END = "without-end"
    PAID_LATE = "paid-late"
    NO_NOTICE = "no-notice"
    CLOSED = "closed"


class End(StrEnum):
    """How it ended."""

    OPEN = "open"  # the sweep asks the gateway again
    WAITS = "waits"  # for a person
    COUNTED = "counted"  # it has its receipt
    OWED = "owed"  # it is owed back
    SENT_BACK = "sent-back"


@dataclass(frozen=True, kw_only=True)
class Anomaly:
    """One payment, the rule that shows it, since when, and its end."""

    rule: Rule
    attempt: Attempt
    money: Money
    since: datetime
    end: End


def anomalies(actor: Actor, *, at: datetime) -> dict[Rule, list[Anomaly]]:
    """The anomalies where the actor reads about money, by rule; at most 51 of each. Each rule reads its own index."""
    ours = Attempt.objects.on_which(actor, Permission.READ_MONEY)
    ours = ours.select_related("charge__application", "receipt", "refund")
    ours = ours.prefetch_related("refund__payouts")
    captured = ours.filter(state=Attempt.State.CAPTURED, ended_at__gt=at - SHOWN_FOR)
    # A gateway that is paid later by its nature sends no notice of each payment.
    notifying = [one.code for one in gateways() if not one.capabilities.asynchronous]
    notices = GatewayNotice.objects.filter(attempt=OuterRef("pk"))
    found = {
        Rule.NEEDS_REVIEW: ours.at_gateways().in_doubt(),
        Rule.WITHOUT_END: ours.at_gateways().filter(state__in=Attempt.OPEN, started_at__lte=at - USUAL),
        Rule.PAID_LATE: captured.at_gateways().filter(ended_at__gt=F("started_at") + USUAL),
        Rule.NO_NOTICE: captured.at_gateways().filter(~Exists(notices), gateway__in=notifying),
        Rule.CLOSED: captured.filter(refund__reason=Refund.Reason.APPLICATION_CLOSED),
    }
    under_way = (Rule.NEEDS_REVIEW, Rule.WITHOUT_END)
    return {
        rule: [
            _anomaly(rule, one)
            for one in attempts.order_by("started_at" if rule in under_way else "-ended_at")[: A_LIST + 1]
        ]
        for rule, attempts in found.items()
    }


def _anomaly(rule: Rule, attempt: Attempt) -> Anomaly:
    since = attempt.started_at if attempt.ended_at is None else attempt.ended_at
    money = attempt.money if rule == Rule.CLOSED else attempt.asked
    return Anomaly(rule=rule, attempt=attempt, money=money, since=since, end=_end(attempt))


def _end(attempt: Attempt) -> End:
    if attempt.is_open:
        return End.OPEN
    if hasattr(attempt, "receipt"):
        return End.COUNTED
    if not hasattr(attempt, "refund"):
        return End.WAITS
    is_gone = any(each.state == Payout.State.DONE for each in attempt.refund.payouts.all())
    return End.SENT_BACK if is_gone else End.OWED
