"""Creates keys: for an authority, a purpose and a period, with a certificate where they sign files."""

import secrets
from datetime import UTC, date, datetime
from functools import partial
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone

from rukhsa.audit.journal import record_about
from rukhsa.catalogue.territory import territory
from rukhsa.issuance import key_index
from rukhsa.issuance.key_index import IN_FILE, PURPOSES, IndexedKey
from rukhsa.issuance.signers import certificate, file
from rukhsa.trust.keys import jwk_of
from rukhsa.trust.tiles import write_once

# Keys that sign documents last a month, so that a lost one puts one month of one authority in doubt. Those of status
# lists last a year: a list is valid for a day and signed again every five minutes, so the next one replaces a lost key.
# The key of a log lasts five years: its witnesses know it, and the proof in every document depends on it.
MONTHS: Final = {"seal": 1, "pdf": 1, "status": 12, "log": 60}
AHEAD: Final = 3  # months for which keys are created in advance, so that one ceremony can list several
KIND: Final = "issuance.key"  # the kind of object in the journal's entries about keys
type Period = tuple[datetime, datetime]


def create_missing(
    *,
    at: datetime,
    authorities: tuple[str, ...] = (),
    purposes: tuple[str, ...] = PURPOSES,
    held: str = IN_FILE,
    ahead: int = AHEAD,
    operator: str,
) -> list[IndexedKey]:
    """Create the keys that are missing for now and for the months `ahead`, and return them.

    `authorities` are codes of the territory; none means all. Raises KeyFault, SignerUnavailable, PinRefused.
    """
    made: list[IndexedKey] = []
    for authority in authorities or tuple(each.code for each in territory().authorities):
        for purpose in purposes:
            periods = _wanted(authority, purpose, at, ahead)
            made += [_make(authority, purpose, period, held) for period in periods]
    return _enter(made, at, operator)


def create(
    authority: str, purpose: str, period: Period, *, held: str = IN_FILE, at: datetime, operator: str
) -> IndexedKey:
    """Create one key and enter it in the index and the journal. It signs once a published trust list names it."""
    return _enter([_make(authority, purpose, period, held)], at, operator)[0]


def month_of(day: date, months: int = 1) -> Period:
    """So many months from the first of a day's month, in the territory's time zone; as moments in UTC."""
    zone, start = territory().zone, day.replace(day=1)
    total = start.year * 12 + start.month - 1 + months
    end = date(total // 12, total % 12 + 1, 1)
    first, after = (datetime(each.year, each.month, 1, tzinfo=zone).astimezone(UTC) for each in (start, end))
    return first, after


def _wanted(authority: str, purpose: str, at: datetime, ahead: int) -> list[Period]:
    """The periods from now on that no key covers, one after another."""
    known = [key for key in key_index.of(authority, purpose) if key.compromised_since is None]
    until = month_of(timezone.localdate(at, territory().zone), ahead + 1)[1]
    wanted, start = [], at
    while start < until:
        covering = [key.not_after for key in known if key.not_before <= start < key.not_after]
        if covering:
            start = max(covering)
            continue
        period = month_of(timezone.localdate(start, territory().zone), MONTHS[purpose])
        wanted.append(period)
        start = period[1]
    return wanted


def _make(authority: str, purpose: str, period: Period, held: str) -> IndexedKey:
    """A new key that a file or a token holds, with its certificate if it signs files; not in the index yet."""
    territory().authority(authority)
    first, after = period
    new = partial(IndexedKey, authority=authority, purpose=purpose, not_before=first, not_after=after)
    if held == IN_FILE:
        private = file.make(purpose)
        key = new(jwk=jwk_of(private.public_key()), held=IN_FILE)
        file.keep(key, private)
    else:
        from rukhsa.issuance.signers.pkcs11 import token_of

        token, label = token_of(held), f"{authority}-{purpose}-{secrets.token_hex(8)}"
        key = new(jwk=token.make(purpose, label), held=token.uri_of(label))
    if purpose == "pdf":
        pem = certificate.make(key).public_bytes(Encoding.PEM)
        write_once(key_index.folder() / f"{key.name}.crt", pem, 0o444)
    return key


def _enter(made: list[IndexedKey], at: datetime, operator: str) -> list[IndexedKey]:
    key_index.add(*made)
    for key in made:
        record_about("create-key", KIND, key.name, at=at, operator=operator, held=key.held.partition(":")[0])
    return made
