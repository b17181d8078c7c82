"""Puts a suspended instrument back in force."""

from datetime import datetime

from django.db import transaction

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.issuance.errors import AlreadyRevoked, NotSuspended
from rukhsa.issuance.held import held, the_reason
from rukhsa.issuance.models import Instrument, Reinstatement
from rukhsa.issuance.tasks import publish_status_later
from rukhsa.jobs import advance_soon


@transaction.atomic
def reinstate(instrument: Instrument, *, reason: str, actor: Actor, at: datetime) -> Reinstatement:
    """End the suspension. Raises NotPermitted, NoSuchInstrument, NotSuspended, AlreadyRevoked, ReasonMissing."""
    instrument = held(instrument, actor, Permission.REINSTATE)
    if hasattr(instrument, "revocation"):
        raise AlreadyRevoked(instrument.number)
    suspension = instrument.suspensions.filter(reinstatement=None).first()
    if suspension is None:
        raise NotSuspended(instrument.number)
    reinstatement = Reinstatement.objects.create(
        suspension=suspension, reason=the_reason(reason), actor=actor.person, at=at
    )
    record("reinstate", instrument, actor=actor, at=at)
    publish_status_later(instrument)
    if instrument.intent.application_id:
        advance_soon(instrument.intent.application_id)
    return reinstatement
