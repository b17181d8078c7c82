"""How an attempt ended: the gateway is asked, its report is compared with the attempt, and the outcome is recorded."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value

from rukhsa.applications.models import Application
from rukhsa.audit import journal
from rukhsa.jobs import advance_soon
from rukhsa.payments import deposit
from rukhsa.payments.attempt import Attempt, after, differences
from rukhsa.payments.bill import is_to_be_told
from rukhsa.payments.charge import PAYABLE, Charge, ChargeLine, Receipt, write_receipt
from rukhsa.payments.gateway_contact import note_contacts
from rukhsa.payments.gateway_notice import GatewayNotice
from rukhsa.payments.gateways.port import (
    Fate,
    GatewayError,
    GatewayReport,
    GatewayUnsure,
    Inquiry,
    InquiryNotOffered,
    UnreadableNotice,
)
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.ledger import Account, Posting, credit, debit, post
from rukhsa.payments.refund import Refund, owe
from rukhsa.values.money import Money

logger = logging.getLogger(__name__)

# A request whose answer was lost may still arrive at the gateway for so long.
IN_FLIGHT = timedelta(minutes=1)
# How often the gateway is asked while a person waits at the screen; less often the longer it takes.
WATCHED = timedelta(seconds=3)
# The sweep asks first after ten seconds, then each time after twice as long, up to hourly: a bill paid at a kiosk is
# found within as long again as it took to be paid.
FIRST = timedelta(seconds=10)
AGAIN = timedelta(hours=1)
# An attempt given up or ended unpaid may still be paid: the sweep asks about it for so long.
LATE = timedelta(days=7)
# What a line of a charge becomes once it is paid.
ACCOUNT_OF = {
    ChargeLine.Kind.FEE: Account.FEES,
    ChargeLine.Kind.FINE: Account.FINES,
    ChargeLine.Kind.DEPOSIT: Account.DEPOSITS,
}


def settle_open(application: Application | UUID, *, at: datetime) -> None:
    """Settle the attempts of an application (or of its id) that are open, or about which a gateway has sent a new
    notice; an attempt that stays unknown is left for later."""
    newer = GatewayNotice.objects.filter(
        attempt=OuterRef("pk"), problem="", received_at__gt=OuterRef("asked_at")
    )
    # A refused card may be followed by another on the same page of the gateway.
    to_ask = Q(state__in=Attempt.OPEN) | Q(Exists(newer), state__in=Attempt.UNPAID)
    found = Attempt.objects.filter(to_ask, charge__application=application).select_related("carried_by")
    for attempt in (each.at_gateway for each in found):
        try:
            settled = _record_answer(attempt, _ask(attempt, at=at), at=at)
        except GatewayError as error:
            _log_silence(attempt, error)
            continue
        if settled.together and settled.state != attempt.state:
            advance_all(settled)


def settle_overdue(*, at: datetime, only: int = 200) -> int:
    """Settle overdue attempts, at most `only`, longest unasked first; return how many changed.

    Safe at any time and any number of times."""
    changed = 0
    asked: dict[str, GatewayError | None] = {}
    for attempt in _overdue(at=at)[:only]:
        before = attempt.state
        try:
            changed += settle(attempt, at=at).state != before
            asked[attempt.gateway] = None
        except GatewayError as error:
            asked[attempt.gateway] = error
            _log_silence(attempt, error)
    note_contacts(asked, at=at)
    return changed


def _overdue(*, at: datetime) -> QuerySet[Attempt]:
    """Open attempts, at doubling intervals; and ended attempts that late money may reach, hourly."""
    unpaid = (Attempt.State.CANCELLED, Attempt.State.EXPIRED, Attempt.State.FAILED)
    asked_long_ago = Q(asked_at__lte=at - AGAIN)
    asked_half_ago = Q(asked_at__lte=F("started_at") + (Value(at) - F("started_at")) / 2)
    without_end = Q(state__in=Attempt.OPEN, started_at__lte=at - FIRST)
    without_end &= Q(asked_at=None) | asked_half_ago | asked_long_ago
    may_be_late = Q(state__in=unpaid, ended_at__gt=at - LATE, ended_at__lte=at - FIRST)
    may_be_late &= Q(asked_at=None) | asked_long_ago
    found = Attempt.objects.at_gateways().filter(without_end | may_be_late)
    return found.select_related("charge__application").order_by("asked_at", "started_at")


def _log_silence(attempt: Attempt, error: GatewayError) -> None:
    logger.warning("attempt %s: no answer from %s: %s", attempt.pk, attempt.gateway, error.code)


@transaction.atomic
def ask_soon(attempt: Attempt, *, at: datetime) -> None:
    """Queue a question to the gateway, because a person waits before the page that shows the attempt.

    At least three seconds lie between two such questions, and a tenth of the attempt's age: a page left open
    for an hour costs the gateway some fifty questions, however many windows show it."""
    pause = max(WATCHED, (at - attempt.started_at) / 10)
    unasked = Attempt.objects.open().filter(Q(asked_at=None) | Q(asked_at__lte=at - pause), pk=attempt.pk)
    if unasked.update(asked_at=at):
        advance_soon(attempt.charge.application_id)


def settle(attempt: Attempt, *, at: datetime) -> Attempt:
    """Ask the gateway, record its report, and queue what follows; any number of times with one effect.

    Called outside any transaction, because it calls the gateway. Raises GatewayUnreachable, GatewayUnsure or
    GatewayRefused when the gateway does not say: the attempt then stays as it was, since unknown is not failed."""
    attempt = attempt.at_gateway
    report = _ask(attempt, at=at)
    with transaction.atomic():
        settled = _record_answer(attempt, report, at=at)
        if settled.state != attempt.state or is_to_be_told(settled, at=at):
            advance_all(settled)
    return settled


def advance_all(attempt: Attempt) -> None:
    """Queue what follows for the application of each charge that the payment covers."""
    for application in Attempt.objects.of_payment(attempt).values_list("charge__application", flat=True):
        advance_soon(application)


def _ask(attempt: Attempt, *, at: datetime) -> GatewayReport | None:
    """What the gateway reports about an attempt; None where it answers no inquiry."""
    Attempt.objects.filter(pk=attempt.pk).update(asked_at=at)
    inquiry = Inquiry(
        reference=attempt.reference,
        gateway_reference=attempt.gateway_reference,
        money=attempt.asked,
        age=at - attempt.started_at,
    )
    try:
        return gateway(attempt.gateway).inquire(inquiry)
    except InquiryNotOffered:
        return None


def _record_answer(attempt: Attempt, report: GatewayReport | None, *, at: datetime) -> Attempt:
    return record(attempt.pk, report, at=at) if report else _settle_by_notice(attempt, at=at)


def record(attempt_id: UUID, report: GatewayReport, *, at: datetime) -> Attempt:
    """Record what a gateway proved about an attempt that faces it, under the lock of its charges: parents first.

    All that a joint payment covers ends alike: one report, and for each charge its share of the money."""
    with transaction.atomic():
        attempt, *carried = lock_payment(attempt_id)
        problems = differences(attempt, report, merchant=gateway(attempt.gateway).merchant)
        fate = _weigh(attempt, report, problems, at)
        if after(attempt.state, fate) == attempt.state and attempt.gateway_reference:
            return attempt
        for each, share in zip((attempt, *carried), shares_of(report.money, attempt, carried), strict=True):
            record_share(each, fate, replace(report, money=share), problems, at=at)
        return attempt


def record_share(
    attempt: Attempt, fate: Fate, report: GatewayReport, problems: list[str], *, at: datetime
) -> None:
    """Record how one charge of a payment ended, with its share of the money."""
    nothing_came = "underpaid" in problems and report.money is not None and report.money.minor == 0
    state = after(attempt.state, Fate.FAILED if attempt.carried_by_id and nothing_came else fate)
    was_captured = attempt.state == Attempt.State.CAPTURED
    _write(attempt, state, report, problems, at=at)
    if state == Attempt.State.CAPTURED and not was_captured:
        _count(attempt, attempt.charge, report, at=at)


def shares_of(money: Money | None, lead: Attempt, carried: list[Attempt]) -> list[Money | None]:
    """What of the money that a gateway took is each charge's; they add up to it.

    Equal to what was asked for, each has its own amount. What is too much is the lead's. Of too little each has its
    part of it, rounded down to whole minor units, and the lead the rest."""
    if money is None or not carried:
        return [money] * (1 + len(carried))
    asked, taken = lead.asked.minor, max(money.minor, 0)
    shares = [min(each.amount, each.amount * taken // asked) for each in carried]
    return [replace(money, minor=minor) for minor in (money.minor - sum(shares), *shares)]


def lock_payment(attempt_id: UUID) -> list[Attempt]:
    """The attempt that faces a gateway and those that it carries, locked after their charges; in a fixed order."""
    of_it = Q(pk=attempt_id) | Q(carried_by=attempt_id)
    lock_charges(Attempt.objects.filter(of_it).values("charge"))
    rows = Attempt.objects.select_for_update(of=("self",)).filter(of_it).order_by("pk")
    found = list(rows.select_related("charge__application"))
    return sorted(found, key=lambda each: each.carried_by_id is not None)


def lock_charges(charges: Iterable[UUID] | QuerySet[Any, Any]) -> None:
    """Lock the charges of these ids until the open transaction ends, always in the same order."""
    list(Charge.objects.select_for_update(of=("self",)).filter(pk__in=charges).order_by("pk").values("pk"))


def _weigh(attempt: Attempt, report: GatewayReport, problems: list[str], at: datetime) -> Fate:
    if report.fate == Fate.NOT_FOUND:
        gone = at - attempt.started_at > IN_FLIGHT
        return Fate.FAILED if gone else Fate.OPEN
    # A report that differs counts only where it says that money moved; a person must then look.
    if problems and problems != ["overpaid"]:
        return Fate.DOUBTFUL if report.fate in (Fate.CAPTURED, Fate.DOUBTFUL) else Fate.OPEN
    return report.fate


def _write(attempt: Attempt, state: str, report: GatewayReport, problems: list[str], *, at: datetime) -> None:
    before, attempt.state = attempt.state, state
    attempt.result = " ".join([report.result, *problems])[:60]
    if not problems:
        if attempt.carried_by_id is None:
            attempt.gateway_reference = attempt.gateway_reference or report.gateway_reference[:80]
        attempt.card = attempt.card or report.card[-4:]
    if not attempt.is_open and attempt.ended_at is None:
        attempt.ended_at = at
    attempt.save()
    if before != state:
        journal.record("attempt", attempt, actor=None, at=at, before=before, after=state)
    if state == Attempt.State.NEEDS_REVIEW:
        logger.error("attempt %s needs review: %s", attempt.pk, attempt.result)
        if "underpaid" in problems and report.money is not None and report.money.minor > 0:
            owe(attempt, report.money, Refund.Reason.UNDERPAID, at=at)


def _count(attempt: Attempt, charge: Charge, report: GatewayReport, *, at: datetime) -> None:
    """Give captured money its one home: the receipt of its charge, or a refund; both where it was overpaid."""
    reason = _reason_against(attempt, charge)
    assert report.money is not None
    if reason is not None:
        owe(attempt, report.money, reason, at=at)
        return
    settle_with(attempt, at=at)
    if report.money.minor > attempt.amount:
        owe(attempt, report.money - attempt.money, Refund.Reason.OVERPAID, at=at)


def _reason_against(attempt: Attempt, charge: Charge) -> Refund.Reason | None:
    if charge.is_settled:
        return Refund.Reason.PAID_TWICE
    if attempt.given_up_at is not None:
        return Refund.Reason.PAID_AFTER_GIVING_UP
    if charge.application.stage not in PAYABLE:
        return Refund.Reason.APPLICATION_CLOSED
    return Refund.Reason.QUOTE_REPLACED if charge.is_replaced else None


def settle_with(attempt: Attempt, *, at: datetime) -> Receipt:
    """Write the receipt of a captured attempt, post it, and hold its deposits. The caller holds the charge's lock."""
    charge = attempt.charge
    receipt = write_receipt(charge, attempt_id=attempt.pk, at=at)
    lines = list(charge.lines.filter(amount__gt=0))
    paid = [credit(ACCOUNT_OF[ChargeLine.Kind(line.kind)], line.money, line=line) for line in lines]
    taken = debit(Account.CLEARING, charge.money, gateway=attempt.gateway)
    authority = charge.application.authority_id
    post(Posting.Kind.CAPTURED, authority, [taken, *paid], at=at, receipt=receipt)
    for line in lines:
        if line.kind == ChargeLine.Kind.DEPOSIT:
            deposit.hold(line, at=at)
    return receipt


def _settle_by_notice(attempt: Attempt, *, at: datetime) -> Attempt:
    """Record the newest notice without a problem, where the gateway cannot be asked.

    A notice proves nothing: a success in it goes to a person, a failure in it allows another attempt."""
    notice = attempt.notices.filter(problem="").order_by("-pk").first()
    if notice is None:
        return attempt
    try:
        report = gateway(attempt.gateway).read_notification(bytes(notice.raw), {})
    except UnreadableNotice as error:  # the key of the account was changed since it came
        raise GatewayUnsure("notice") from error
    fate = Fate.DOUBTFUL if report.fate == Fate.CAPTURED else report.fate
    with transaction.atomic():
        locked = lock_payment(attempt.pk)
        state = after(locked[0].state, fate)
        for each in locked if state != locked[0].state else ():
            _write(each, state, report, [], at=at)
        return locked[0]
