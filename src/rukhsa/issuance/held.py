"""An instrument held for an act against it: of the actor's own authority, and of nobody else meanwhile."""

from rukhsa.authorities.actor import Actor
from rukhsa.issuance.errors import NoSuchInstrument, ReasonMissing
from rukhsa.issuance.models import Instrument


def held(instrument: Instrument, actor: Actor) -> Instrument:
    """The instrument, locked until the transaction ends. Raises NoSuchInstrument for another authority's."""
    instruments = Instrument.objects.select_related("intent__authority").select_for_update(of=("self",))
    found = instruments.filter(pk=instrument.pk, intent__authority__in=actor.authorities).first()
    if found is None:
        raise NoSuchInstrument(str(instrument.pk))
    return found


def the_reason(text: str) -> str:
    """The reason as given, trimmed. Raises ReasonMissing."""
    if not text.strip():
        raise ReasonMissing
    return text.strip()
