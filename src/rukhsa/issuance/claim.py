"""Of several applications that name one earlier instrument, the first that is prepared closes it, and no second."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rukhsa.catalogue.instrument import Closing, Copy, NewVersion, Renewal
from rukhsa.issuance.errors import NoSuchInstrument, ParentEnded
from rukhsa.issuance.models import Claim, Instrument, Intent, Status

if TYPE_CHECKING:
    from rukhsa.issuance.prepare import Grant


def hold(grants: "Sequence[Grant]") -> dict[str, Instrument]:
    """Lock the earlier instruments of grants until the transaction ends; for each origin the one that it will close.

    Two applications may have named one while it was open. Raises ParentEnded for one that was closed, claimed or
    revoked meanwhile, and NoSuchInstrument.
    """
    closed: dict[str, Instrument] = {}
    for granted in grants:
        for number, closes in _named(granted):
            newest = _open(number, granted)
            if newest.pk in {each.pk for each in closed.values()}:
                raise ParentEnded(number)
            if closes:
                closed[granted.origin] = newest
    return closed


def keep(closed: Mapping[str, Instrument], intents: Sequence[Intent], *, at: datetime) -> None:
    """Write down which intent closes which instrument, in the transaction that commits the intents."""
    named = [intent for intent in intents if intent.origin in closed]
    Claim.objects.bulk_create(
        Claim(instrument=closed[intent.origin], intent=intent, at=at) for intent in named
    )


def _named(granted: "Grant") -> Iterator[tuple[str, bool]]:
    """The number of each earlier instrument, and whether this grant closes it; an amendment closes nothing anew."""
    effects = () if granted.amends else granted.service_version.definition.instrument.effects
    for effect in effects:
        if isinstance(effect, Closing):
            # What it closes may be optional: the card that was lost may have been of paper.
            if number := granted.answers.get(effect.closes):
                yield str(number), True
        elif isinstance(effect, NewVersion):
            yield str(granted.answers.get(effect.new_version_of)), False
        elif isinstance(effect, Renewal):
            yield str(granted.answers.get(effect.renews)), False
        elif isinstance(effect, Copy):
            yield str(granted.answers.get(effect.copies)), False


def _open(number: str, granted: "Grant") -> Instrument:
    of_number = Instrument.objects.select_related("intent", "claim", "closure", "revocation")
    versions = list(
        of_number.filter(intent__number=number, intent__authority=granted.authority)
        .select_for_update(of=("self",))
        .order_by("-intent__version")
    )
    if not versions:
        raise NoSuchInstrument(number)
    if any(hasattr(each, "claim") or hasattr(each, "closure") for each in versions):
        raise ParentEnded(number)
    if versions[0].standing is Status.REVOKED:
        raise ParentEnded(number)
    return versions[0]
