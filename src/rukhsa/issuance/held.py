"""Locks an instrument for an act on it: the actor must hold the permission, and no other act runs meanwhile."""

from rukhsa.accounts.permissions import Permission
from rukhsa.authorities.actor import Actor
from rukhsa.issuance.errors import NoSuchInstrument, ReasonMissing
from rukhsa.issuance.models import Instrument


def held(instrument: Instrument, actor: Actor, permission: Permission) -> Instrument:
    """The instrument, locked until the transaction ends, at whose authority the actor holds the permission.

    Raises NotPermitted for one who holds it nowhere, and NoSuchInstrument for another authority's.
    """
    actor.require_somewhere(permission)
    instruments = Instrument.objects.on_which(actor, permission).select_related("intent__authority")
    found = instruments.select_for_update(of=("self",)).filter(pk=instrument.pk).first()
    if found is None:
        raise NoSuchInstrument(str(instrument.pk))
    return found


def the_reason(text: str) -> str:
    """The reason as given, trimmed. Raises ReasonMissing."""
    if not text.strip():
        raise ReasonMissing
    return text.strip()
