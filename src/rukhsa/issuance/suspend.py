"""Puts an instrument out of force until it is reinstated."""

from datetime import datetime

from django.db import transaction

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.issuance.errors import AlreadyRevoked, AlreadySuspended
from rukhsa.issuance.held import held, the_reason
from rukhsa.issuance.models import Instrument, Suspension
from rukhsa.issuance.tasks import publish_status_later
from rukhsa.jobs import advance_soon


@transaction.atomic
def suspend(instrument: Instrument, *, reason: str, actor: Actor, at: datetime) -> Suspension:
    """Suspend an instrument. Raises NotPermitted, NoSuchInstrument, AlreadySuspended, AlreadyRevoked,
    ReasonMissing.

    The status list is published anew as soon as this commits.
    """
    instrument = held(instrument, actor, Permission.SUSPEND)
    if hasattr(instrument, "revocation"):
        raise AlreadyRevoked(instrument.number)
    if instrument.suspensions.filter(reinstatement=None).exists():
        raise AlreadySuspended(instrument.number)
    suspension = Suspension.objects.create(
        instrument=instrument, reason=the_reason(reason), actor=actor.person, at=at
    )
    record("suspend", instrument, actor=actor, at=at)
    publish_status_later(instrument)
    if instrument.intent.application_id:
        advance_soon(instrument.intent.application_id)
    return suspension
