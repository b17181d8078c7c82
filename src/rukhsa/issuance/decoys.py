"""Places in the status lists that look like revoked instruments and are none, so that a list tells no numbers.

Whoever keeps every list sees which places changed between two of them. With each change of an instrument about as many
decoys appear in the same list, at random places and with statuses as the true ones have them, so that neither how many
instruments were revoked nor which of the changed places is one can be told. A decoy's place is given to no instrument.
"""

import secrets
from collections.abc import Container, Sequence
from datetime import datetime, timedelta
from typing import Final

from rukhsa.authorities.models import Authority
from rukhsa.issuance.models import Decoy
from rukhsa.issuance.statuses import marked_places
from rukhsa.trust.statuslist import REVOKED, SHARD, SUPERSEDED, SUSPENDED

AT_FIRST: Final = 64  # in a list in which nothing has happened yet
_LONGEST_SUSPENSION: Final = timedelta(days=60)


def keep_up(authority: Authority, number: int, *, at: datetime) -> None:
    """Add the decoys that a list lacks for its changes. The caller holds the lock of the authority's lists."""
    marked = marked_places(authority.code, number, at=None)
    there = set(
        Decoy.objects.filter(authority=authority, status_list=number).values_list("status_index", flat=True)
    )
    lacking = AT_FIRST + len(marked) - len(there)
    if lacking <= 0:
        return
    # Never fewer than lack: the next run would add the rest, and a task that runs twice would have done two things.
    count = lacking + secrets.randbelow(3)
    drawn = draw(
        count, avoiding=there | marked.keys(), like=[*marked.values(), REVOKED, SUSPENDED, SUPERSEDED]
    )
    Decoy.objects.bulk_create(
        Decoy(
            authority=authority,
            status_list=number,
            status_index=place,
            status=status,
            until=at + _a_while() if status == SUSPENDED else None,
            at=at,
        )
        for place, status in drawn.items()
    )


def draw(count: int, *, avoiding: Container[int], like: Sequence[int]) -> dict[int, int]:
    """`count` places of one list and their statuses: places at random, statuses as often as in `like`."""
    drawn: dict[int, int] = {}
    while len(drawn) < count:
        place = secrets.randbelow(SHARD)
        if place not in avoiding:
            drawn[place] = secrets.choice(like)
    return drawn


def _a_while() -> timedelta:
    return timedelta(seconds=3600 + secrets.randbelow(int(_LONGEST_SUSPENSION.total_seconds())))
