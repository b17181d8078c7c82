"""Suspensions: a document is out of force until it is reinstated; two people suspend it, or one at once in danger.

What one person did at once is confirmed by another within a day, or it lapses.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import models, transaction
from django.db.models import Q

from rukhsa import agreement
from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import State, require_another, require_reason
from rukhsa.applications import competence
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import ScopedQuerySet
from rukhsa.catalogue.reason import Reason
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.instrument import (
    Instrument,
    Reinstatement,
    Suspension,
    SuspensionConfirmation,
    lock_to_change,
    matter_of,
    publish_and_tell,
)
from rukhsa.issuance.instrument_proposal import InstrumentProposal, propose
from rukhsa.mandates.mandate import Act

CONFIRMED_WITHIN: Final = timedelta(days=1)
LAPSED: Final = (
    "لم يؤكد موظف آخر هذا الإيقاف خلال يوم.\nNo second officer confirmed this suspension within a day."
)


class AlreadySuspended(IssuanceError):
    code = "already-suspended"


class NotSuspended(IssuanceError):
    code = "not-suspended"


class SuspensionProposal(InstrumentProposal):
    """What one person asks for where there is no danger: that a document be out of force, with reasons."""

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="suspension_proposals")

    authority_path = "instrument__intent__authority"
    objects = ScopedQuerySet["SuspensionProposal"].as_manager()

    class Meta(InstrumentProposal.Meta):
        constraints = [
            *InstrumentProposal.Meta.constraints,
            models.UniqueConstraint(
                fields=["instrument"],
                condition=Q(state="proposed"),
                name="one_suspension_waits_an_instrument",
            ),
        ]


@transaction.atomic
def suspend(instrument: Instrument, *, reason: str, actor: Actor, at: datetime) -> Suspension:
    """Put a document out of force at once, because there is danger. A second person confirms it within a day.

    Raises NotPermitted, NoSuchInstrument, AlreadySuspended, AlreadyRevoked, ReasonMissing, OutsideMandate.
    """
    return _suspend(instrument, reason, None, actor, at)


@transaction.atomic
def propose_suspension(
    instrument: Instrument, note: str, *, coded: Sequence[Reason] = (), actor: Actor, at: datetime
) -> SuspensionProposal:
    """Propose to put a document out of force. It stays as it is until a second person approves.

    Raises NotPermitted, NoSuchInstrument, AlreadySuspended, AlreadyRevoked, OwnInterest, ReasonMissing, UnderWay.
    """
    instrument = lock_to_change(instrument, actor, Permission.SUSPEND)
    _require_not_suspended(instrument)
    return propose(SuspensionProposal(instrument=instrument), note, coded=coded, actor=actor, at=at)


@transaction.atomic
def approve_suspension(proposal: SuspensionProposal, *, actor: Actor, at: datetime) -> Suspension:
    """Suspend, as a second person who may.

    Raises NotPermitted, ProposedByYourself, NotToBeDecided, AlreadySuspended, AlreadyRevoked, OutsideMandate.
    """
    agreed = agreement.approve(proposal, permission=Permission.SUSPEND, actor=actor, at=at)
    return _suspend(agreed.instrument, agreed.reason, agreed.proposed_by, actor, at)


def refuse_suspension(
    proposal: SuspensionProposal, reason: str, *, actor: Actor, at: datetime
) -> SuspensionProposal:
    """Refuse it with a reason, or withdraw it as its proposer. Raises NotPermitted, ReasonMissing, NotToBeDecided."""
    return agreement.refuse(proposal, reason, permission=Permission.SUSPEND, actor=actor, at=at)


@transaction.atomic
def confirm(instrument: Instrument, *, actor: Actor, at: datetime) -> SuspensionConfirmation:
    """Confirm as a second person what one person did at once; a second time gives the first one back.

    Raises NotPermitted, NoSuchInstrument, NotSuspended, AlreadyRevoked, ProposedByYourself, OutsideMandate.
    """
    instrument = lock_to_change(instrument, actor, Permission.SUSPEND)
    suspension = instrument.suspensions.filter(reinstatement=None, confirm_by__isnull=False).first()
    if suspension is None:
        raise NotSuspended(instrument.number)
    if found := SuspensionConfirmation.objects.filter(suspension=suspension).first():
        return found
    require_another(suspension.actor_id, actor)
    competence.require(actor, Act.SUSPEND, matter_of(instrument), at=at)
    record("confirm-suspension", instrument, actor=actor, at=at)
    return SuspensionConfirmation.objects.create(suspension=suspension, actor=actor.person, at=at)


@transaction.atomic
def reinstate(instrument: Instrument, *, reason: str, actor: Actor, at: datetime) -> Reinstatement:
    """End the suspension of a document.

    Raises NotPermitted, NoSuchInstrument, NotSuspended, AlreadyRevoked, ReasonMissing, OutsideMandate.
    """
    instrument = lock_to_change(instrument, actor, Permission.REINSTATE)
    suspension = instrument.suspensions.filter(reinstatement=None).first()
    if suspension is None:
        raise NotSuspended(instrument.number)
    mandate = competence.require(actor, Act.REINSTATE, matter_of(instrument), at=at)
    reinstatement = Reinstatement.objects.create(
        suspension=suspension, reason=require_reason(reason), actor=actor.person, mandate=mandate, at=at
    )
    record("reinstate", instrument, actor=actor, at=at)
    publish_and_tell(instrument)
    return reinstatement


def lapse_unconfirmed(*, at: datetime) -> int:
    """End each suspension that one person carried out and no second person confirmed in time; how many."""
    unconfirmed = Suspension.objects.filter(confirm_by__lte=at, confirmation=None, reinstatement=None)
    ended = 0
    for pk in unconfirmed.values_list("pk", flat=True):
        with transaction.atomic():
            suspension = unconfirmed.select_for_update(of=("self",)).filter(pk=pk).first()
            if suspension is None:
                continue
            Reinstatement.objects.create(suspension=suspension, reason=LAPSED, actor=None, at=at)
            record("lapse-suspension", suspension.instrument, actor=None, at=at)
            publish_and_tell(suspension.instrument)
            ended += 1
    return ended


def waiting_suspension(instrument: Instrument) -> SuspensionProposal | None:
    """The proposal that waits for a second person."""
    waiting = instrument.suspension_proposals.filter(state=State.PROPOSED)
    return waiting.select_related("proposed_by").first()


def _suspend(
    instrument: Instrument, reason: str, proposed_by: Person | None, actor: Actor, at: datetime
) -> Suspension:
    instrument = lock_to_change(instrument, actor, Permission.SUSPEND)
    _require_not_suspended(instrument)
    said = require_reason(reason)
    suspension = Suspension.objects.create(
        instrument=instrument,
        reason=said,
        proposed_by=proposed_by,
        confirm_by=None if proposed_by else at + CONFIRMED_WITHIN,
        mandate=competence.require(actor, Act.SUSPEND, matter_of(instrument), at=at),
        actor=actor.person,
        at=at,
    )
    record("suspend", instrument, actor=actor, at=at)
    publish_and_tell(instrument)
    return suspension


def _require_not_suspended(instrument: Instrument) -> None:
    if instrument.suspensions.filter(reinstatement=None).exists():
        raise AlreadySuspended(instrument.number)
