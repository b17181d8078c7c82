"""What a block tells: its authority, governorate and area, the zones that touch it, and where the authority lies."""

from dataclasses import dataclass
from datetime import date

from rukhsa.catalogue.boundaries import boundary_of
from rukhsa.catalogue.territory import territory
from rukhsa.late import shapes
from rukhsa.places.block import NoSuchBlock, block_on
from rukhsa.places.spot import Place, placed
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


def authority_of_block(block: int, *, on: date) -> Place | None:
    """The ground of the authority of a block, for a map that knows no more of the block; None where that is unknown."""
    try:
        authority = block_on(block, on=on).authority
    except NoSuchBlock:
        return None
    boundary = boundary_of(authority)
    return placed(shapes.mapping(boundary.core), boundary.core.bounds, "authority") if boundary else None
