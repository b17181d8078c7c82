"""Waiving: what is not claimed of a charge, asked for with a reason by one member of staff, approved by another."""

from datetime import datetime

from django.db import transaction

from rukhsa import agreement
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.jobs import advance_soon
from rukhsa.payments.claim import reduce
from rukhsa.payments.errors import AlreadySettled, MoreThanCharged, NotPayable, OutcomeUnknown
from rukhsa.payments.models import Charge, Waiver
from rukhsa.payments.settle import PAYABLE
from rukhsa.values.money import Money


@transaction.atomic
def propose(charge: Charge, rule: str, money: Money, reason: str, *, actor: Actor, at: datetime) -> Waiver:
    """Ask that `money` of one row be waived. Nothing changes before somebody else approves.

    Raises NotPermitted, ReasonMissing, MoreThanCharged, AlreadySettled, NotPayable, or UnderWay when the row
    has one already."""
    actor.require(Permission.PROPOSE_WAIVER, at=charge.scope)
    reason = agreement.written(reason)
    line = charge.lines.filter(rule=rule).first()
    if line is None or money.currency != charge.currency or not 0 < money.minor <= line.amount:
        raise MoreThanCharged(str(money))
    application = _require_open(charge)
    # What is charged was submitted, and has an authority.
    assert application.authority_id
    waiver = Waiver(
        charge=charge,
        rule=rule,
        amount=money.minor,
        currency=money.currency,
        authority_id=application.authority_id,
        reason=reason,
    )
    return agreement.propose(waiver, permission=Permission.PROPOSE_WAIVER, actor=actor, at=at)


@transaction.atomic
def approve(waiver: Waiver, *, actor: Actor, at: datetime) -> Charge:
    """Waive it: the charge is followed by one of the rest, which holds as long; one of nothing is settled at once.

    Raises NotPermitted, ProposedByYourself, NotToBeDecided, AlreadySettled, NotPayable, and OutcomeUnknown while
    somebody is paying the charge: what they pay would be owed back."""
    actor.require(Permission.APPROVE_WAIVER, at=waiver.scope)
    Application.objects.select_for_update(of=("self",)).get(charges=waiver.charge_id)
    charge = Charge.objects.select_for_update(of=("self",)).get(pk=waiver.charge_id)
    waiver = agreement.approve(waiver, permission=Permission.APPROVE_WAIVER, actor=actor, at=at)
    _require_open(charge)
    if charge.attempts.open().exists():
        raise OutcomeUnknown(str(charge.pk))
    reduced = reduce(charge, waiver, at=at)
    advance_soon(charge.application_id)
    return reduced


def refuse(waiver: Waiver, reason: str, *, actor: Actor, at: datetime) -> Waiver:
    """Do not waive it, for a reason; whoever asked may take it back so.

    Raises NotPermitted, ReasonMissing, NotToBeDecided."""
    return agreement.refuse(waiver, reason, permission=Permission.APPROVE_WAIVER, actor=actor, at=at)


def _require_open(charge: Charge) -> Application:
    application = Application.objects.get(charges=charge)
    if charge.is_settled:
        raise AlreadySettled(str(charge.pk))
    if application.stage not in PAYABLE or Charge.objects.newest(application, charge.due) != charge:
        raise NotPayable(str(charge.pk))
    return application
