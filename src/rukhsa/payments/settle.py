"""What became of an attempt: the gateway is asked, its answer compared with ours, and written down."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.audit import journal
from rukhsa.jobs import advance_soon
from rukhsa.payments import refunds
from rukhsa.payments.claims import last_claim
from rukhsa.payments.equality import differences
from rukhsa.payments.errors import GatewayError, InquiryNotOffered
from rukhsa.payments.gateways.port import Fate, Inquiry, Told
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.models import Attempt, Charge, Refund
from rukhsa.payments.receipts import settle_with
from rukhsa.payments.transitions import after

logger = logging.getLogger(__name__)

# A request whose answer was lost may still arrive at the gateway for so long.
IN_FLIGHT = timedelta(minutes=1)
# Somebody who waits before the screen has the gateway asked so often, and ever more seldom the longer it takes.
WATCHED = timedelta(seconds=3)
# Money that comes for an application at another stage has nothing to pay for.
PAYABLE = (Stage.SUBMITTED, Stage.RETURNED, Stage.GRANTED)


def settle_open(application: Application | UUID, *, at: datetime) -> None:
    """Settle every attempt of an application (or of its id) without an end, or of which a gateway has said something
    new; one that stays unknown is left for later."""
    for attempt in Attempt.objects.to_ask_after().filter(charge__application=application):
        try:
            _write_answer(attempt, _ask(attempt, at=at), at=at)
        except GatewayError as error:
            logger.warning("attempt %s: no answer from %s: %s", attempt.pk, attempt.gateway, error.code)


@transaction.atomic
def ask_soon(attempt: Attempt, *, at: datetime) -> None:
    """Have the gateway asked, because a person waits before the page that shows the attempt.

    At least three seconds lie between two such questions, and a tenth of the attempt's age: a page left open
    for an hour costs the gateway some fifty questions, however many windows show it."""
    pause = max(WATCHED, (at - attempt.started_at) / 10)
    unasked = Attempt.objects.open().filter(Q(asked_at=None) | Q(asked_at__lte=at - pause), pk=attempt.pk)
    if unasked.update(asked_at=at):
        advance_soon(attempt.charge.application_id)


def settle(attempt: Attempt, *, at: datetime) -> Attempt:
    """Ask the gateway, write down what it says, and queue what follows; any number of times with one effect.

    Called outside of any transaction: it calls out. Raises GatewayUnreachable, GatewayUnsure or
    GatewayRefused when the gateway does not say: the attempt then stays as it was, unknown being no failure."""
    told = _ask(attempt, at=at)
    with transaction.atomic():
        settled = _write_answer(attempt, told, at=at)
        if settled.state != attempt.state:
            advance_soon(settled.charge.application_id)
    return settled


def _ask(attempt: Attempt, *, at: datetime) -> Told | None:
    """What the gateway says of an attempt; None where it answers no inquiry."""
    Attempt.objects.filter(pk=attempt.pk).update(asked_at=at)
    inquiry = Inquiry(
        reference=attempt.reference,
        gateway_reference=attempt.gateway_reference,
        money=attempt.money,
        age=at - attempt.started_at,
    )
    try:
        return gateway(attempt.gateway).inquire(inquiry)
    except InquiryNotOffered:
        return None


def _write_answer(attempt: Attempt, told: Told | None, *, at: datetime) -> Attempt:
    return record(attempt.pk, told, at=at) if told else _settle_by_claim(attempt, at=at)


def record(attempt_id: UUID, told: Told, *, at: datetime) -> Attempt:
    """Write down what a gateway proved about an attempt, under the lock of its charge: parent first."""
    with transaction.atomic():
        charge = _lock_charge(attempt_id)
        attempt = Attempt.objects.select_for_update(of=("self",)).select_related("charge").get(pk=attempt_id)
        problems = differences(attempt, told, merchant=gateway(attempt.gateway).merchant)
        fate = _weigh(attempt, told, problems, at)
        state = after(attempt.state, fate)
        if state == attempt.state and attempt.gateway_reference:
            return attempt
        was_captured = attempt.state == Attempt.State.CAPTURED
        _write(attempt, state, told, problems, at=at)
        if state == Attempt.State.CAPTURED and not was_captured:
            _honour(attempt, charge, told, at=at)
        return attempt


def _lock_charge(attempt_id: UUID) -> Charge:
    return Charge.objects.select_for_update(of=("self",)).get(attempts=attempt_id)


def _weigh(attempt: Attempt, told: Told, problems: list[str], at: datetime) -> Fate:
    if told.fate == Fate.NOT_FOUND:
        gone = at - attempt.started_at > IN_FLIGHT
        return Fate.FAILED if gone else Fate.OPEN
    # An unequal word counts only where money is said to have moved; there it needs a person's eyes.
    if problems and problems != ["overpaid"]:
        return Fate.DOUBTFUL if told.fate in (Fate.CAPTURED, Fate.DOUBTFUL) else Fate.OPEN
    return told.fate


def _write(attempt: Attempt, state: str, told: Told, problems: list[str], *, at: datetime) -> None:
    before, attempt.state = attempt.state, state
    attempt.result = " ".join([told.result, *problems])[:60]
    if not problems:
        attempt.gateway_reference = attempt.gateway_reference or told.gateway_reference[:80]
        attempt.card = attempt.card or told.card[-4:]
    if not attempt.is_open and attempt.ended_at is None:
        attempt.ended_at = at
    attempt.save()
    if before != state:
        journal.record("attempt", attempt, actor=None, at=at, before=before, after=state)
    if state == Attempt.State.NEEDS_REVIEW:
        logger.error("attempt %s needs review: %s", attempt.pk, attempt.result)
        if "underpaid" in problems and told.money is not None and told.money.minor > 0:
            refunds.owe(attempt, told.money, Refund.Reason.UNDERPAID, at=at)


def _honour(attempt: Attempt, charge: Charge, told: Told, *, at: datetime) -> None:
    reason = _reason_against(attempt, charge)
    assert told.money is not None
    if reason is not None:
        refunds.owe(attempt, told.money, reason, at=at)
        return
    settle_with(attempt, at=at)
    if told.money.minor > attempt.amount:
        refunds.owe(attempt, told.money - attempt.money, Refund.Reason.OVERPAID, at=at)


def _reason_against(attempt: Attempt, charge: Charge) -> Refund.Reason | None:
    if charge.is_settled:
        return Refund.Reason.PAID_TWICE
    if attempt.given_up_at is not None:
        return Refund.Reason.PAID_AFTER_GIVING_UP
    if charge.application.stage not in PAYABLE:
        return Refund.Reason.APPLICATION_CLOSED
    newest = Charge.objects.newest(charge.application, charge.due)
    return None if newest == charge else Refund.Reason.QUOTE_REPLACED


def _settle_by_claim(attempt: Attempt, *, at: datetime) -> Attempt:
    # A claim proves nothing: of success it makes a question for a person, of failure only another try.
    told = last_claim(attempt)
    if told is None:
        return attempt
    fate = Fate.DOUBTFUL if told.fate == Fate.CAPTURED else told.fate
    with transaction.atomic():
        _lock_charge(attempt.pk)
        locked = Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
        state = after(locked.state, fate)
        if state != locked.state:
            _write(locked, state, told, [], at=at)
        return locked
