"""Forfeiting: a part of a deposit is kept, asked for with a reason by one member of staff, approved by another."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from rukhsa import agreement
from rukhsa.accounts.permissions import Permission
from rukhsa.authorities.actor import Actor
from rukhsa.jobs import advance_soon
from rukhsa.payments import deposits
from rukhsa.payments.errors import NotHeld
from rukhsa.payments.models import ChargeLine, DepositMovement, Forfeiture
from rukhsa.values.money import Money


@transaction.atomic
def propose(
    line: ChargeLine, money: Money, *, reason: str, photos: Sequence[str] = (), actor: Actor, at: datetime
) -> Forfeiture:
    """Ask that a part or all of a deposit be kept, with pictures (digests). Nothing is kept before somebody else
    approves, and meanwhile nothing of it goes back.

    Raises NotPermitted, ReasonMissing, NotHeld when that much is not held, or UnderWay."""
    actor.require(Permission.PROPOSE_FORFEITURE, at=line.scope)
    reason = agreement.written(reason)
    # It does not go back while this is asked for.
    ChargeLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    there = deposits.held(line)
    if money.currency != there.currency or not 0 < money.minor <= there.minor:
        raise NotHeld(f"{money} of {there}")
    authority = line.charge.application.authority_id
    # What is paid was submitted, and has an authority.
    assert authority
    forfeiture = Forfeiture(
        line=line,
        amount=money.minor,
        currency=money.currency,
        authority_id=authority,
        reason=reason,
        photos=list(photos),
    )
    return agreement.propose(forfeiture, permission=Permission.PROPOSE_FORFEITURE, actor=actor, at=at)


@transaction.atomic
def approve(forfeiture: Forfeiture, *, actor: Actor, at: datetime) -> DepositMovement:
    """Keep it: from now on it is the authority's. The rest goes back to the applicant, who is told of both.

    Raises NotPermitted, ProposedByYourself, NotToBeDecided."""
    approving = Permission.APPROVE_FORFEITURE
    forfeiture = agreement.approve(forfeiture, permission=approving, actor=actor, at=at)
    movement = deposits.forfeit(forfeiture, actor=actor, at=at)
    deposits.release_rest(forfeiture.line, actor=actor, at=at)
    advance_soon(forfeiture.line.charge.application_id)
    return movement


@transaction.atomic
def refuse(forfeiture: Forfeiture, reason: str, *, actor: Actor, at: datetime) -> DepositMovement | None:
    """Do not keep it, for a reason; whoever asked may take it back so. What was freed meanwhile goes back now.

    Raises NotPermitted, ReasonMissing, NotToBeDecided."""
    forfeiture = agreement.refuse(
        forfeiture, reason, permission=Permission.APPROVE_FORFEITURE, actor=actor, at=at
    )
    released = deposits.release_freed(forfeiture.line, at=at)
    advance_soon(forfeiture.line.charge.application_id)
    return released
