"""Until when each authority has keys for each purpose, as the published trust list says; it reads no key."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rukhsa.catalogue.territory import territory
from rukhsa.issuance import site
from rukhsa.issuance.key_index import PURPOSES
from rukhsa.trust.trustlist import Key

SOON = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """The keys of one authority for one purpose: without a gap from now until a moment, None where none signs now."""

    authority: str
    purpose: str
    until: datetime | None
    keys: tuple[Key, ...]  # now or later, in the order of their periods
    lost: int  # marked as compromised
    ends_soon: bool


def coverage(authorities: frozenset[str], *, at: datetime) -> list[Coverage]:
    """For each of the authorities (codes) and each purpose; reads the published list and no database."""
    listed = site.trust_list()
    by_id = {each.id: each.keys for each in listed.authorities} if listed else {}
    return [
        _coverage(rule.code, purpose, by_id.get(rule.id, ()), at)
        for rule in territory().authorities
        if rule.code in authorities
        for purpose in PURPOSES
    ]


def _coverage(code: str, purpose: str, keys: tuple[Key, ...], at: datetime) -> Coverage:
    ours = [key for key in keys if key.purpose == purpose]
    good = [key for key in ours if key.compromised_since is None and key.not_after > at]
    good.sort(key=lambda key: key.not_before)
    until = at
    for key in good:
        if key.not_before <= until:
            until = max(until, key.not_after)
    covered = until if until > at else None
    return Coverage(
        authority=code,
        purpose=purpose,
        until=covered,
        keys=tuple(good),
        lost=sum(key.compromised_since is not None for key in ours),
        ends_soon=covered is None or covered <= at + SOON,
    )
