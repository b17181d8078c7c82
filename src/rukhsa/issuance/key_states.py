"""What each key does now, and what will be missing soon."""

from datetime import datetime, timedelta

from rukhsa.catalogue.territory import territory
from rukhsa.issuance import keys, published, trust_list
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.keys import PURPOSES, IndexedKey

SOON = timedelta(days=30)


def state_of(key: IndexedKey, *, at: datetime) -> str:
    """What a key does at a moment, in a few words."""
    if key.compromised_since is not None:
        return f"COMPROMISED since {key.compromised_since:%Y-%m-%d %H:%M} UTC"
    if key.not_after <= at:
        return "ended"
    if not _is_listed(key):
        return "waits for a trust list"
    if at < key.not_before:
        return "ready"
    return "signs" if _signing(key.authority, key.purpose, at) == key else "in its period"


def others_that_sign(key: IndexedKey, *, at: datetime) -> list[IndexedKey]:
    """The keys that could sign at a moment if this one could not."""
    known = published.keys_at(at)
    others = [other for other in keys.of(key.authority, key.purpose) if other.kid != key.kid]
    return [other for other in others if other.may_sign(at) and (other.kid, other.purpose) in known]


def missing(*, at: datetime) -> list[str]:
    """For whom and what nothing signs at a moment."""
    every = [(each.code, purpose) for each in territory().authorities for purpose in PURPOSES]
    return [f"{purpose} of {code}" for code, purpose in every if _signing(code, purpose, at) is None]


def warnings(*, at: datetime) -> list[str]:
    """What somebody should do soon, a sentence each."""
    listed = published.trust_list()
    if listed is None:
        return ["no trust list is published: rukhsa trust-list draft"]
    said = [f"from {at + SOON:%Y-%m-%d} nothing signs for {each}" for each in missing(at=at + SOON)]
    if said:
        said.append("make the next keys: rukhsa keys create; then the ceremony")
    if trust_list.is_due(at=at):
        said.append(
            f"the published trust list (until {listed.expires:%Y-%m-%d}) wants the next one: a ceremony is due"
        )
    return said


def _signing(authority: str, purpose: str, at: datetime) -> IndexedKey | None:
    try:
        return keys.key_for(authority, purpose, at=at)
    except IssuanceError:
        return None


def _is_listed(key: IndexedKey) -> bool:
    listed = published.trust_list()
    every = [each for authority in listed.authorities for each in authority.keys] if listed else []
    return any((each.public.kid, each.purpose) == (key.public.kid, key.purpose) for each in every)
