"""Marks a key as no longer its authority's alone: what it signed before stays, what comes later counts for nothing."""

from datetime import UTC, datetime

from django.db import transaction

from rukhsa.audit.journal import record
from rukhsa.authorities.models import Authority
from rukhsa.issuance import keys, sequencer, site
from rukhsa.issuance.errors import CannotMark
from rukhsa.issuance.held import the_reason
from rukhsa.issuance.keys import IndexedKey
from rukhsa.issuance.models import KeyCompromise, LogCheckpoint
from rukhsa.trust import tlog, trustlist


def mark(key: IndexedKey, *, since: datetime, reason: str, operator: str, at: datetime) -> IndexedKey:
    """Record that a key may be in other hands since a moment; it signs nothing more from now on.

    What stood in the authority's log by then stays good: the log's size at that moment is the border. The decision
    is an entry of the log, and readers learn of it by the next trust list. Marking again can only reach further
    back. Raises CannotMark, ReasonMissing.
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
    _record(key, since, size, the_reason(reason), operator, at)
    return keys.change(key, compromised_since=since, compromised_log_size=size)


def size_at(authority: str, moment: datetime) -> int:
    """How many entries an authority's log had under its last checkpoint by a moment."""
    earlier = LogCheckpoint.objects.filter(authority=authority, at__lte=moment)
    return earlier.order_by("-sequence").values_list("size", flat=True).first() or 0


@transaction.atomic
def _record(key: IndexedKey, since: datetime, size: int, reason: str, operator: str, at: datetime) -> None:
    facts = {"purpose": key.purpose, "kid": key.kid, "log_size": size}
    about = {"since": since, "reason": reason, "operator": operator, "at": at}
    authority = Authority.objects.get(code=key.authority)
    made, new = KeyCompromise.objects.get_or_create(**facts, defaults={"authority": authority, **about})
    if not new:
        return  # it died between this and the index
    statement = trustlist.compromise_statement(
        site.authority(key.authority).id, purpose=key.purpose, kid=key.public.kid, since=since, log_size=size
    )
    entry = tlog.entry("key-compromise", statement)
    sequencer.add(authority, kind="key-compromise", entry=entry, at=at)
    record(
        "mark-key-compromised", made, actor=None, at=at,
        key=key.name, since=since.isoformat(), operator=operator, reason=reason,
    )  # fmt: skip
