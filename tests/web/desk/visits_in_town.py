"""Visits at buildings of the invented town, and areas around some of them."""

from rukhsa.review.inspection import Inspection
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.map import invented


def waiting_at(*plots: tuple[int, int]) -> list[Inspection]:
    """A visit that waits at the building of each plot, by its row (from 1) and its column."""
    version = works.publish(works.works(works.VISIT, works.BY_OFFICER))
    found = []
    for row, column in plots:
        address = {"building": 10 * row + column, "road": 1701 + row, "block": 317}
        reference = f"CAP-2026-{700_000 + 10 * row + column}"
        application = works.submitted(version, reference=reference, of=works.authority(), place=address)
        found += works.ordered(application, SUNDAY)
    return found


def around(*, rows: range, columns: range) -> str:
    """The corners of the area of these plots, as a person would write them."""
    (west, south), high = invented.CORNER, invented.DEEP + invented.STREET
    east, north = west + columns.stop * invented.WIDE, south + rows.stop * high
    west, south = west + columns.start * invented.WIDE, south + rows.start * high
    corners = ((south, west), (south, east), (north, east), (north, west))
    return "\n".join(f"{latitude:.6f}, {longitude:.6f}" for latitude, longitude in corners)
