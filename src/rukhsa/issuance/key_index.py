"""The index of keys: their authorities, purposes and periods, and who holds their secrets."""

import fcntl
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import models

from rukhsa.authorities.models import Authority
from rukhsa.issuance import site
from rukhsa.issuance.errors import IssuanceError, TrustListBehind
from rukhsa.trust.keys import Jwk, PublicKey
from rukhsa.trust.tiles import write_durably


class KeyFault(IssuanceError):
    """A key is missing, readable by others, or not what the index says."""

    code = "key-fault"


class NoSuchKey(IssuanceError):
    """No key of the index has this name."""

    code = "no-such-key"


PURPOSES: Final = ("seal", "pdf", "status", "log")
IN_FILE: Final = "file"


@dataclass(frozen=True, kw_only=True)
class IndexedKey:
    """A key of the index: its period in UTC without the end; `held` is "file" or a PKCS#11 URI (RFC 7512)."""

    authority: str
    purpose: str
    jwk: Jwk
    not_before: datetime
    not_after: datetime
    held: str = IN_FILE
    compromised_since: datetime | None = None
    compromised_log_size: int | None = None

    @cached_property
    def public(self) -> PublicKey:
        """The public key."""
        return PublicKey(jwk=self.jwk)

    @property
    def kid(self) -> str:
        """Its id in hexadecimal."""
        return self.public.kid.hex()

    @property
    def name(self) -> str:
        """The name of its files, without an ending, and its label in a token."""
        return f"{self.authority}-{self.purpose}-{self.kid}"

    def may_sign(self, at: datetime) -> bool:
        """Whether the moment is in its period, and it is not compromised."""
        return self.not_before <= at < self.not_after and self.compromised_since is None


class KeyCompromise(models.Model):
    """The decision that a key is compromised: what it signed counts only below a size of the log."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=10)
    kid = models.CharField(max_length=16)  # in hexadecimal
    since = models.DateTimeField()
    log_size = models.PositiveBigIntegerField()
    reason = models.TextField()
    operator = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        # A second decision about a key may only name a smaller size.
        constraints = [models.UniqueConstraint(fields=["kid", "purpose", "log_size"], name="one_mark_a_size")]


def index() -> tuple[IndexedKey, ...]:
    """Every key of this deployment in the order in which they were created, without the root."""
    file = folder() / "index.json"
    return _index(file, file.stat().st_mtime_ns) if file.exists() else ()


@lru_cache(maxsize=8)
def _index(file: Path, written: int) -> tuple[IndexedKey, ...]:
    return tuple(_from_json(each) for each in json.loads(file.read_text()))


def of(authority: str, purpose: str) -> list[IndexedKey]:
    """All keys that an authority ever had for a purpose."""
    return [key for key in index() if (key.authority, key.purpose) == (authority, purpose)]


def key_for(authority: str, purpose: str, *, at: datetime) -> IndexedKey:
    """The newest key of an authority for a purpose that is in its period and in the published trust list.

    Until a trust list names a new key, the one before it signs. Raises KeyFault where no key is in its period, and
    TrustListBehind where the published list names none of those that are.
    """
    fitting = [key for key in of(authority, purpose) if key.may_sign(at)]
    if not fitting:
        raise KeyFault(
            f"no key of {authority} for {purpose} on {at:%Y-%m-%d}: see `rukhsa keys create --help`"
        )
    known = site.keys_at(at)
    for key in reversed(fitting):
        if (key.kid, purpose) in known:
            return key
    raise TrustListBehind(
        f"no published trust list names the {purpose} key {fitting[-1].kid} of {authority}:"
        " see `rukhsa trust-list --help`"
    )


def named(kid: str) -> IndexedKey:
    """The key with an id in hexadecimal, or with one that begins so. Raises NoSuchKey."""
    found = [key for key in index() if key.kid.startswith(kid.lower())] if len(kid) >= 4 else []
    if len(found) != 1:
        raise NoSuchKey(
            f"{len(found)} keys have a name that begins with {kid!r}: `rukhsa keys list` has them all"
        )
    return found[0]


def add(*made: IndexedKey) -> None:
    """Add new keys at the end of the index."""
    _rewrite(lambda keys: (*keys, *made))


def change(key: IndexedKey, **fields: Any) -> IndexedKey:
    """Change fields of a key in the index."""
    changed = replace(key, **fields)
    _rewrite(lambda keys: tuple(changed if each.name == key.name else each for each in keys))
    return changed


def folder() -> Path:
    """The folder of the index and of keys in files. Raises KeyFault in a process that is not told of it."""
    place = getattr(settings, "RUKHSA_KEYS", None)
    if place is None:
        raise KeyFault("this process is not told where keys lie")
    return Path(place)


def _rewrite(change: Callable[[tuple[IndexedKey, ...]], tuple[IndexedKey, ...]]) -> None:
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder() / ".lock").open("w") as lock:
        # Of two commands at once, each would overwrite what the other wrote.
        fcntl.flock(lock, fcntl.LOCK_EX)
        text = json.dumps([_to_json(key) for key in change(index())], indent=1)
        write_durably(folder() / "index.json", text.encode())


def _to_json(key: IndexedKey) -> dict[str, Any]:
    since = key.compromised_since
    return {
        "authority": key.authority,
        "purpose": key.purpose,
        "jwk": dict(key.jwk),
        "not_before": key.not_before.isoformat(),
        "not_after": key.not_after.isoformat(),
        "held": key.held,
        "compromised_since": since.isoformat() if since else None,
        "compromised_log_size": key.compromised_log_size,
    }


def _from_json(data: dict[str, Any]) -> IndexedKey:
    since = data["compromised_since"]
    return IndexedKey(
        authority=data["authority"],
        purpose=data["purpose"],
        jwk=data["jwk"],
        not_before=datetime.fromisoformat(data["not_before"]),
        not_after=datetime.fromisoformat(data["not_after"]),
        held=data.get("held", IN_FILE),
        compromised_since=datetime.fromisoformat(since) if since else None,
        compromised_log_size=data["compromised_log_size"],
    )
