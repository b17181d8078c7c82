"""Ends an instrument for good."""

from datetime import datetime

from django.db import transaction

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.issuance.errors import AlreadyRevoked
from rukhsa.issuance.held import held, the_reason
from rukhsa.issuance.models import Instrument, Revocation
from rukhsa.issuance.tasks import publish_status_later
from rukhsa.places import occupation, seat


@transaction.atomic
def revoke(instrument: Instrument, *, reason: str, actor: Actor, at: datetime) -> Revocation:
    """Revoke an instrument, and the next periods for which it was renewed.

    Raises NotPermitted, NoSuchInstrument, AlreadyRevoked, ReasonMissing.
    """
    instrument = held(instrument, actor, Permission.REVOKE)
    if hasattr(instrument, "revocation"):
        raise AlreadyRevoked(instrument.number)
    reason = the_reason(reason)
    for renewal in Instrument.objects.select_related("intent").filter(intent__renews=instrument):
        if not hasattr(renewal, "revocation"):
            revoke(renewal, reason=reason, actor=actor, at=at)
    revocation = Revocation.objects.create(instrument=instrument, reason=reason, actor=actor.person, at=at)
    if instrument.intent.application:
        # The place was taken when the application was granted, under its reference.
        occupation.vacate(instrument.intent.application.reference or "")
        seat.free(instrument.intent.application.reference or "")
    record("revoke", instrument, actor=actor, at=at)
    publish_status_later(instrument)
    return revocation
