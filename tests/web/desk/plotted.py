"""A block of an authority with one parcel in it."""

from rukhsa.authorities.models import Authority
from rukhsa.places.models import Block, ParcelEntry, ParcelList
from tests.rooms.review.works import SUNDAY


def plotted(authority: Authority, *, block: int, ordinal: int) -> ParcelEntry:
    """A parcel of the newest list, in a block with this number."""
    Block.objects.create(number=block, authority=authority)
    made = ParcelList.objects.create(
        number=ordinal, effective_from=SUNDAY.date(), source="made up", digest=f"{ordinal}" * 64, at=SUNDAY
    )
    corners = [[50.587, 26.223], [50.588, 26.223], [50.588, 26.224], [50.587, 26.223]]
    return ParcelEntry.objects.create(
        list=made, number=f"0{ordinal}-120045", block_id=block, measure="5535.2", west=50.587, south=26.223,
        east=50.588, north=26.224, geometry={"type": "Polygon", "coordinates": [corners]},
    )  # fmt: skip
