"""New keys: for which authority, for what and for which period, and the certificate of those that sign files."""

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
from rukhsa.trust.keys import Jwk, jwk_of
from rukhsa.trust.tiles import write_once

# Keys that sign documents last a month: a lost one casts a doubt on a month of one authority. Status lists live for
# a day and are signed anew every five minutes, so that a lost key is replaced by the next list: a year. The key of a
# log is known to its witnesses by name, and every proof in a document rests on it: five years.
MONTHS: Final = {"seal": 1, "pdf": 1, "status": 12, "log": 60}
AHEAD: Final = 3  # months for which keys are made before they are needed, so that one ceremony names several
KIND: Final = "issuance.key"  # as the journal calls what such an entry is about
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
    """Make the keys that are wanted for now and for the months `ahead`, where there are none; gives those made.

    `authorities` are codes, of the territory; none means all. Raises KeyFault, SignerUnavailable, PinRefused.
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
    """Make one key, write it into the index and the journal. It signs once a published trust list names it."""
    return _enter([_make(authority, purpose, period, held)], at, operator)[0]


def month_of(day: date, months: int = 1) -> Period:
    """From the first of a day's month, where the territory is, over so many months; in UTC."""
    zone, start = territory().zone, day.replace(day=1)
    total = start.year * 12 + start.month - 1 + months
    end = date(total // 12, total % 12 + 1, 1)
    first, after = (datetime(each.year, each.month, 1, tzinfo=zone).astimezone(UTC) for each in (start, end))
    return first, after


def _wanted(authority: str, purpose: str, at: datetime, ahead: int) -> list[Period]:
    """The periods from now on that no key covers; each begins where the one before ends."""
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
    territory().authority(authority)
    make = _in_file if held == IN_FILE else partial(_in_token, held)
    key = make(authority, purpose, period)
    if purpose == "pdf":
        pem = certificate.make(key).public_bytes(Encoding.PEM)
        write_once(key_index.folder() / f"{key.name}.crt", pem, 0o444)
    return key


def _enter(made: list[IndexedKey], at: datetime, operator: str) -> list[IndexedKey]:
    key_index.add(*made)
    for key in made:
        record_about("create-key", KIND, key.name, at=at, operator=operator, held=key.held.partition(":")[0])
    return made


def _in_file(authority: str, purpose: str, period: Period) -> IndexedKey:
    private = file.make(purpose)
    key = _key(authority, purpose, period, jwk_of(private.public_key()), IN_FILE)
    file.keep(key, private)
    return key


def _in_token(held: str, authority: str, purpose: str, period: Period) -> IndexedKey:
    from rukhsa.issuance.signers.pkcs11 import token_of

    token, label = token_of(held), f"{authority}-{purpose}-{secrets.token_hex(8)}"
    return _key(authority, purpose, period, token.make(purpose, label), token.uri_of(label))


def _key(authority: str, purpose: str, period: Period, jwk: Jwk, held: str) -> IndexedKey:
    first, after = period
    return IndexedKey(
        authority=authority, purpose=purpose, jwk=jwk, not_before=first, not_after=after, held=held
    )
