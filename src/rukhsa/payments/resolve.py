"""Resolving a payment in doubt by the gateway's statement: read by one of finance, and by another who approves."""

from datetime import datetime

from django.db import transaction

from rukhsa import agreement
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import NotToBeDecided, State
from rukhsa.authorities.actor import Actor
from rukhsa.jobs import advance_soon
from rukhsa.payments.errors import ReferenceMissing
from rukhsa.payments.gateways.port import Fate, Told
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.models import Attempt, Resolution
from rukhsa.payments.settle import record

_FATES = {Resolution.Outcome.CAPTURED: Fate.CAPTURED, Resolution.Outcome.FAILED: Fate.FAILED}


def propose(attempt: Attempt, outcome: str, statement: str, *, actor: Actor, at: datetime) -> Resolution:
    """Say what the statement says of a payment in doubt. Nothing changes before somebody else approves.

    Raises NotPermitted, ReferenceMissing, NotToBeDecided for one that is not in doubt, or UnderWay."""
    actor.require(Permission.PROPOSE_PAYOUT, at=attempt.scope)
    if not statement.strip():
        raise ReferenceMissing
    if (
        outcome not in Resolution.Outcome.values
        or not Attempt.objects.in_doubt().filter(pk=attempt.pk).exists()
    ):
        raise NotToBeDecided
    resolution = Resolution(attempt=attempt, outcome=outcome, statement=statement.strip()[:80])
    return agreement.propose(resolution, permission=Permission.PROPOSE_PAYOUT, actor=actor, at=at)


@transaction.atomic
def approve(resolution: Resolution, *, actor: Actor, at: datetime) -> Attempt:
    """Write it down as if the gateway had proved it: it is counted, or owed back where nothing needs it.

    Raises NotPermitted, ProposedByYourself, NotToBeDecided."""
    approving = Permission.APPROVE_PAYOUT
    resolution = agreement.approve(resolution, permission=approving, actor=actor, at=at)
    attempt = resolution.attempt
    told = Told(
        fate=_FATES[Resolution.Outcome(resolution.outcome)],
        reference=attempt.reference,
        gateway_reference=attempt.gateway_reference,
        merchant=gateway(attempt.gateway).merchant,
        money=attempt.money,
        result=f"statement {resolution.statement}"[:60],
    )
    settled = record(attempt.pk, told, at=at)
    advance_soon(settled.charge.application_id)
    return settled


def refuse(resolution: Resolution, reason: str, *, actor: Actor, at: datetime) -> Resolution:
    """Not so, for a reason: the statement is read anew; whoever read it may take it back so.

    Raises NotPermitted, ReasonMissing, NotToBeDecided."""
    return agreement.refuse(resolution, reason, permission=Permission.APPROVE_PAYOUT, actor=actor, at=at)


def waiting(attempt: Attempt) -> Resolution | None:
    """The resolution of an attempt that waits for a second person."""
    found = attempt.resolutions.filter(state=State.PROPOSED).select_related("proposed_by")
    return found.first()
