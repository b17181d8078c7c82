"""Proposals to revoke an instrument: one person proposes with reasons, another with the right to revoke approves."""

from collections.abc import Sequence
from datetime import datetime

from django.db import models, transaction
from django.db.models import Q

from rukhsa import agreement
from rukhsa.accounts.permissions import Permission
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import ScopedQuerySet
from rukhsa.catalogue.reason import Reason
from rukhsa.issuance.instrument import Instrument, Revocation, lock_to_change, revoke
from rukhsa.issuance.instrument_proposal import InstrumentProposal, propose


class RevocationProposal(InstrumentProposal):
    """What one person asks for: the end of an instrument, with reasons."""

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="revocation_proposals")

    authority_path = "instrument__intent__authority"
    objects = ScopedQuerySet["RevocationProposal"].as_manager()

    class Meta(InstrumentProposal.Meta):
        constraints = [
            *InstrumentProposal.Meta.constraints,
            models.UniqueConstraint(
                fields=["instrument"],
                condition=Q(state="proposed"),
                name="one_revocation_waits_an_instrument",
            ),
        ]
        indexes = [
            models.Index(fields=["proposed_at"], condition=Q(state="proposed"), name="revocations_to_decide")
        ]


@transaction.atomic
def propose_revocation(
    instrument: Instrument, note: str, *, coded: Sequence[Reason] = (), actor: Actor, at: datetime
) -> RevocationProposal:
    """Propose to revoke. The document stays as it is until a second person approves; danger is met by a suspension.

    Raises NotPermitted, NoSuchInstrument, AlreadyRevoked, OwnInterest, ReasonMissing, UnderWay.
    """
    instrument = lock_to_change(instrument, actor, Permission.SUSPEND)
    return propose(RevocationProposal(instrument=instrument), note, coded=coded, actor=actor, at=at)


@transaction.atomic
def approve_revocation(proposal: RevocationProposal, *, actor: Actor, at: datetime) -> Revocation:
    """Revoke, as a second person who may.

    Raises NotPermitted, ProposedByYourself, NotToBeDecided, AlreadyRevoked, OwnInterest.
    """
    agreed = agreement.approve(proposal, permission=Permission.REVOKE, actor=actor, at=at)
    return revoke(agreed.instrument, reason=agreed.reason, proposed_by=agreed.proposed_by, actor=actor, at=at)


def refuse_revocation(
    proposal: RevocationProposal, reason: str, *, actor: Actor, at: datetime
) -> RevocationProposal:
    """Refuse it with a reason, or withdraw it as its proposer. Raises NotPermitted, ReasonMissing, NotToBeDecided."""
    return agreement.refuse(proposal, reason, permission=Permission.REVOKE, actor=actor, at=at)


def waiting_revocation(instrument: Instrument) -> RevocationProposal | None:
    """The proposal that waits for a second person."""
    waiting = instrument.revocation_proposals.filter(state=agreement.State.PROPOSED)
    return waiting.select_related("proposed_by").first()
