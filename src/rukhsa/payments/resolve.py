"""Resolving a payment in doubt by the gateway's statement: read by one of finance, and by another who approves."""

from datetime import datetime

from django.db import IntegrityError, transaction

from rukhsa.accounts.permissions import Permission
from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.payments.errors import NotToBeDecided, ProposedByYourself, ReferenceMissing, ResolutionUnderWay
from rukhsa.payments.gateways.port import Fate, Told
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.models import Attempt, Resolution
from rukhsa.payments.settle import record

_FATES = {Resolution.Outcome.CAPTURED: Fate.CAPTURED, Resolution.Outcome.FAILED: Fate.FAILED}


@transaction.atomic
def propose(attempt: Attempt, outcome: str, statement: str, *, actor: Actor, at: datetime) -> Resolution:
    """Say what the statement says of a payment in doubt. Nothing changes before somebody else approves.

    Raises NotPermitted, ReferenceMissing, NotToBeDecided for one that is not in doubt, or ResolutionUnderWay."""
    actor.require(Permission.PROPOSE_PAYOUT)
    if not statement.strip():
        raise ReferenceMissing
    if (
        outcome not in Resolution.Outcome.values
        or not Attempt.objects.in_doubt().filter(pk=attempt.pk).exists()
    ):
        raise NotToBeDecided
    try:
        with transaction.atomic():
            made = Resolution.objects.create(
                attempt=attempt,
                outcome=outcome,
                statement=statement.strip()[:80],
                proposed_by=actor.person,
                proposed_at=at,
            )
    except IntegrityError:
        raise ResolutionUnderWay(str(attempt.pk)) from None
    journal.record("propose-resolution", attempt, actor=actor, at=at, outcome=outcome)
    return made


@transaction.atomic
def approve(resolution: Resolution, *, actor: Actor, at: datetime) -> Attempt:
    """Write it down as if the gateway had proved it: it is counted, or owed back where nothing needs it.

    Raises NotPermitted, ProposedByYourself, NotToBeDecided."""
    actor.require(Permission.APPROVE_PAYOUT)
    resolution = _locked(resolution)
    if resolution.proposed_by_id == actor.person.pk:
        raise ProposedByYourself
    _end(resolution, Resolution.State.APPROVED, actor, at)
    attempt = resolution.attempt
    told = Told(
        fate=_FATES[Resolution.Outcome(resolution.outcome)],
        reference=attempt.reference,
        gateway_reference=attempt.gateway_reference,
        merchant=gateway(attempt.gateway).merchant,
        money=attempt.money,
        result=f"statement {resolution.statement}"[:60],
    )
    journal.record("approve-resolution", attempt, actor=actor, at=at, outcome=resolution.outcome)
    return record(attempt.pk, told, at=at)


@transaction.atomic
def refuse(resolution: Resolution, *, actor: Actor, at: datetime) -> None:
    """Not so: the statement is read anew. Raises NotPermitted, NotToBeDecided."""
    actor.require(Permission.APPROVE_PAYOUT)
    resolution = _locked(resolution)
    _end(resolution, Resolution.State.REFUSED, actor, at)
    journal.record("refuse-resolution", resolution.attempt, actor=actor, at=at)


def waiting(attempt: Attempt) -> Resolution | None:
    """The resolution of an attempt that waits for a second person."""
    found = attempt.resolutions.filter(state=Resolution.State.PROPOSED).select_related("proposed_by")
    return found.first()


def _locked(resolution: Resolution) -> Resolution:
    locked = Resolution.objects.select_for_update(of=("self",)).select_related("attempt")
    found = locked.get(pk=resolution.pk)
    if found.state != Resolution.State.PROPOSED:
        raise NotToBeDecided
    return found


def _end(resolution: Resolution, state: Resolution.State, actor: Actor, at: datetime) -> None:
    resolution.state, resolution.decided_by, resolution.decided_at = state, actor.person, at
    resolution.save()
