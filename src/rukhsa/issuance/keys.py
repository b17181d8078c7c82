"""Keys after they were created: what each does now, which will be missing soon, and which are compromised."""

from datetime import UTC, datetime, timedelta

from django.db import transaction

from rukhsa.agreement import require_reason
from rukhsa.audit.journal import record
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.territory import territory
from rukhsa.issuance import key_index, sequencer, site, trust_list
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.key_index import PURPOSES, IndexedKey, KeyCompromise
from rukhsa.issuance.log import size_at
from rukhsa.trust import tlog, trustlist


class CannotMark(IssuanceError):
    """The key cannot be marked as compromised in this way."""

    code = "cannot-mark"


def mark_compromised(
    key: IndexedKey, *, since: datetime, reason: str, operator: str, at: datetime
) -> IndexedKey:
    """Record that a key may be in other hands since a moment. It signs nothing more.

    What stood in the authority's log at that moment stays valid: the log's size then is the border. The decision is an
    entry of the log, and readers learn of it by the next trust list. A second mark can only be of an earlier moment.
    Raises CannotMark, ReasonMissing.
    """
    since = since.astimezone(UTC).replace(microsecond=0)
    if since > at:
        raise CannotMark(
            "that moment is still to come; a key is marked since the first moment it may have been lost"
        )
    size = size_at(key.authority, since)
    if key.compromised_log_size is not None and size >= key.compromised_log_size:
        if size == key.compromised_log_size:
            return key
        raise CannotMark(f"it is marked since {key.compromised_since} already, and no mark is taken back")
    _record_compromise(key, since, size, require_reason(reason), operator, at)
    return key_index.change(key, compromised_since=since, compromised_log_size=size)


@transaction.atomic
def _record_compromise(
    key: IndexedKey, since: datetime, size: int, reason: str, operator: str, at: datetime
) -> None:
    facts = {"purpose": key.purpose, "kid": key.kid, "log_size": size}
    about = {"since": since, "reason": reason, "operator": operator, "at": at}
    authority = Authority.objects.get(code=key.authority)
    made, new = KeyCompromise.objects.get_or_create(**facts, defaults={"authority": authority, **about})
    if not new:
        return  # an earlier run ended before the index was changed
    statement = trustlist.compromise_statement(
        territory().authority(key.authority).id,
        purpose=key.purpose,
        kid=key.public.kid,
        since=since,
        log_size=size,
    )
    entry = tlog.entry("key-compromise", statement)
    sequencer.add(authority, kind="key-compromise", entry=entry, at=at)
    record(
        "mark-key-compromised", made, actor=None, at=at,
        key=key.name, since=since.isoformat(), operator=operator, reason=reason,
    )  # fmt: skip


SOON = timedelta(days=30)


def state_of(key: IndexedKey, *, at: datetime) -> str:
    """What a key does at a moment, in a few words for operators."""
    if key.compromised_since is not None:
        return f"COMPROMISED since {key.compromised_since:%Y-%m-%d %H:%M} UTC"
    if key.not_after <= at:
        return "ended"
    listed = site.trust_list()
    every = [each for authority in listed.authorities for each in authority.keys] if listed else []
    if not any((each.public.kid, each.purpose) == (key.public.kid, key.purpose) for each in every):
        return "waits for a trust list"
    if at < key.not_before:
        return "ready"
    return "signs" if _signing(key.authority, key.purpose, at) == key else "in its period"


def others_that_sign(key: IndexedKey, *, at: datetime) -> list[IndexedKey]:
    """The other keys of the same authority and purpose that can sign at a moment."""
    known = site.keys_at(at)
    others = [other for other in key_index.of(key.authority, key.purpose) if other.kid != key.kid]
    return [other for other in others if other.may_sign(at) and (other.kid, other.purpose) in known]


def missing(*, at: datetime) -> list[str]:
    """The purposes and authorities for which no key can sign at a moment."""
    every = [(each.code, purpose) for each in territory().authorities for purpose in PURPOSES]
    return [f"{purpose} of {code}" for code, purpose in every if _signing(code, purpose, at) is None]


def warnings(*, at: datetime) -> list[str]:
    """What operators should do soon, a sentence each."""
    listed = site.trust_list()
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
        return key_index.key_for(authority, purpose, at=at)
    except IssuanceError:
        return None
