"""What a block tells of what lies in it: its authority, governorate and area, and the zones that touch it."""

from dataclasses import dataclass
from datetime import date

from rukhsa.catalogue.territory import territory
from rukhsa.places.block import block_on
from rukhsa.places.zone import zones_at
from rukhsa.values.names import Text


@dataclass(frozen=True, kw_only=True)
class Whereabouts:
    """Where a block lies on a day; without a governorate where the territory has none for its authority."""

    block: int
    authority: str
    governorate: str
    area: Text
    zones: frozenset[str]


def whereabouts_of(block: int, *, on: date) -> Whereabouts:
    """All that follows from a block on a day; three queries. Raises NoSuchBlock."""
    found = block_on(block, on=on)
    known = territory().governorates.items()
    return Whereabouts(
        block=found.number,
        authority=found.authority,
        governorate=next((id for id, each in known if found.authority in each.authorities), ""),
        area=found.area,
        zones=zones_at({"block": found.number}, on),
    )
