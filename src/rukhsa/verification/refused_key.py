"""Refused keys of agencies' systems in the security log, bounded so that a flood of them cannot fill the journal."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from rukhsa.accounts.client import network_of, one_subscriber, pseudonym
from rukhsa.audit.journal import record_about
from rukhsa.audit.security import Event
from rukhsa.staff.limit import LimitReached, Rate, count_attempt
from rukhsa.verification.relying_key import RelyingKey, named_by

# The same key from the same subscriber is noted once an hour for each reason; and all of them together as a system
# would send them by mistake, not as a flood of invented keys does, which is told of once an hour.
ONCE: Final = Rate(name="refused-key", burst=1, every=timedelta(hours=1))
TOGETHER: Final = Rate(name="refused-keys", burst=60, every=timedelta(minutes=1))
_TOLD: Final = Rate(name="refused-keys-told", burst=1, every=timedelta(hours=1))
_KIND: Final = RelyingKey._meta.label_lower


class Why(StrEnum):
    """For what reason a key was refused."""

    UNKNOWN = "unknown-key"
    ENDED = "ended-key"
    NOT_FOR_THIS = "not-permitted"  # it was not made for questions, or its maker may answer them no longer
    ABSENT = "absent"  # what it asked for does not exist, or was put to another agency


def note_secret(secret: str, *, address: str, route: str, at: datetime) -> None:
    """Note that a secret opened nothing: that of an ended key by the key, any other by its pseudonym."""
    key = named_by(secret)
    if key:
        note_key(key, Why.ENDED, address=address, route=route, at=at)
    else:
        _note(pseudonym(secret), "", Why.UNKNOWN, address, route, at)


def note_key(key: RelyingKey, why: Why, *, address: str, route: str, at: datetime) -> None:
    """Note that a key that is known did not open what it was used for."""
    _note(str(key.pk), key.agency_id, why, address, route, at)


def _note(name: str, agency: str, why: Why, address: str, route: str, at: datetime) -> None:
    where = pseudonym(one_subscriber(address))
    # A guesser sends another key each time: all that are unknown are one for a subscriber.
    which = name if agency else "unknown"
    try:
        count_attempt((ONCE, f"{pseudonym(f'{which} {why}')}:{where}"), at=at)
    except LimitReached:
        return
    network = network_of(address)
    try:
        count_attempt((TOGETHER, "all"), at=at)
    except LimitReached:
        _tell_of_limit(at)
        return
    known = {"agency": agency, "network": network, "route": route}
    record_about(
        Event.REFUSE_KEY,
        _KIND,
        name,
        at=at,
        why=str(why),
        **{each: told for each, told in known.items() if told},
    )


def _tell_of_limit(at: datetime) -> None:
    try:
        count_attempt((_TOLD, "all"), at=at)
    except LimitReached:
        return
    record_about(Event.REFUSE_KEY, _KIND, "", at=at, why="many", limit=TOGETHER.name)
