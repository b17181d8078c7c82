"""The trust list: who may issue what, with which keys and since when, signed by the offline root."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from rukhsa.trust import cbor, jws, profiles
from rukhsa.trust.errors import BadKey, BadSignature, BadTrustList
from rukhsa.trust.keys import Jwk, PublicKey, Signer
from rukhsa.trust.profiles import Profile
from rukhsa.values.names import Text

TYPE = "rukhsa-trust-list+jws"
PURPOSES = ("seal", "pdf", "status", "log")


@dataclass(frozen=True, kw_only=True)
class Key:
    """A public key of an authority, its only purpose, and its period (UTC; the end excluded)."""

    public: PublicKey
    purpose: str
    not_before: datetime
    not_after: datetime
    compromised_since: datetime | None = None
    # What this key signed counts only below this size of the authority's log, once it is compromised.
    compromised_log_size: int | None = None

    @cached_property
    def period(self) -> tuple[int, int]:
        """The period in seconds since 1970."""
        return int(self.not_before.timestamp()), int(self.not_after.timestamp())


@dataclass(frozen=True, kw_only=True)
class Witness:
    """A witness: it cosigns an authority's checkpoints by the C2SP tlog-cosignature (Ed25519)."""

    name: str
    public: PublicKey


@dataclass(frozen=True, kw_only=True)
class FormerLog:
    """A log that has ended: it proves nothing beyond `size` entries, and its successor begins with all of them."""

    origin: str
    address: str
    size: int
    root: bytes


@dataclass(frozen=True, kw_only=True)
class TimeStamping:
    """A trusted time stamping authority (RFC 3161): its certificate in DER, and the period (UTC)."""

    certificate: bytes
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, kw_only=True)
class Authority:
    """An issuing authority: its names by date, keys, status lists, log and profiles; `former_logs` in their order."""

    id: str
    names: tuple[tuple[date, Text], ...]  # each from that day on, in order
    keys: tuple[Key, ...]
    status: tuple[str, ...]  # its lists lie at addresses that begin so
    log_origin: str
    log_address: str  # ends with a slash; checkpoint and tiles lie under it
    profiles: frozenset[int]
    witnesses: tuple[Witness, ...] = ()
    quorum: int = 0  # how many witnesses must cosign a checkpoint
    former_logs: tuple[FormerLog, ...] = ()

    def name_on(self, day: date) -> Text:
        """The authority's name on that day."""
        earlier = [name for since, name in self.names if since <= day]
        return earlier[-1] if earlier else self.names[0][1]

    def keys_for(self, purpose: str) -> list[PublicKey]:
        """Its keys of a purpose that are its own: a list or checkpoint under a lost key may come from anyone."""
        return [key.public for key in self.keys if key.purpose == purpose and key.compromised_since is None]

    def lost_keys_for(self, purpose: str) -> list[PublicKey]:
        """Its keys of a purpose that are marked as compromised."""
        return [key.public for key in self.keys if key.purpose == purpose and key.compromised_since]


@dataclass(frozen=True, kw_only=True)
class TrustList:
    """A trust list as read and verified."""

    version: int
    issued: datetime
    expires: datetime
    time_zone: str
    verifiers: tuple[str, ...]  # the official hosts of the QR
    authorities: tuple[Authority, ...]
    profiles: Mapping[int, Profile] = field(repr=False)
    time_stamping: tuple[TimeStamping, ...] = ()

    @cached_property
    def seal_keys(self) -> dict[bytes, list[tuple[Authority, Key]]]:
        """The keys that seal, by kid: two keys may share one."""
        return self._by_kid("seal")

    @cached_property
    def pdf_keys(self) -> dict[bytes, list[tuple[Authority, Key]]]:
        """The keys that sign files, by kid."""
        return self._by_kid("pdf")

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone in which dates on instruments are meant."""
        return ZoneInfo(self.time_zone)

    def authority(self, id: str) -> Authority:
        """The authority of that id. Raises BadTrustList."""
        for authority in self.authorities:
            if authority.id == id:
                return authority
        raise BadTrustList("no-such-authority", id)

    def _by_kid(self, purpose: str) -> dict[bytes, list[tuple[Authority, Key]]]:
        found: dict[bytes, list[tuple[Authority, Key]]] = {}
        for authority in self.authorities:
            for key in authority.keys:
                if key.purpose == purpose:
                    found.setdefault(key.public.kid, []).append((authority, key))
        return found


def sign(document: Mapping[str, Any], signer: Signer) -> str:
    """Sign a trust list's document (docs/formats/trust-list.md) with the root. Raises BadTrustList."""
    text = jws.sign(document, type=TYPE, signer=signer)
    read(text, signer.jwk)
    return text


def read(text: str, root_jwk: Jwk) -> TrustList:
    """Read a trust list that the root signed; its age is not checked. Raises BadTrustList."""
    try:
        document = jws.read(text.strip(), type=TYPE, keys=[PublicKey(jwk=root_jwk)])
    except BadSignature as error:
        raise BadTrustList("bad-trust-list", str(error)) from error
    return from_document(document)


def from_document(document: Mapping[str, Any]) -> TrustList:
    """The trust list that a document says, unsigned. Raises BadTrustList."""
    try:
        listed = [profiles.from_json(each) for each in document["profiles"]]
        trust_list = TrustList(
            version=_whole(document["version"]),
            issued=_time(document["issued"]),
            expires=_time(document["expires"]),
            time_zone=ZoneInfo(document["time_zone"]).key,
            verifiers=tuple(document["verifiers"]),
            authorities=tuple(_authority(each) for each in document["authorities"]),
            profiles={profile.code: profile for profile in listed},
            time_stamping=tuple(_time_stamping(each) for each in document.get("time_stamping", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OSError, BadKey) as error:
        raise BadTrustList("bad-trust-list", repr(error)) from error
    _check_unique(trust_list, len(listed))
    return trust_list


def to_document(trust_list: TrustList) -> dict[str, Any]:
    """The document that says this trust list, ready for `sign`."""
    document = {
        "version": trust_list.version,
        "issued": _stamp(trust_list.issued),
        "expires": _stamp(trust_list.expires),
        "time_zone": trust_list.time_zone,
        "verifiers": list(trust_list.verifiers),
        "authorities": [_authority_to_json(each) for each in trust_list.authorities],
        "profiles": [profiles.to_json(each) for each in trust_list.profiles.values()],
    }
    if trust_list.time_stamping:
        document["time_stamping"] = [_time_stamping_to_json(each) for each in trust_list.time_stamping]
    return document


def compromise_statement(
    authority: str, *, purpose: str, kid: bytes, since: datetime, log_size: int
) -> bytes:
    """What the log's entry `key-compromise` is the digest of, in CBOR; anyone can make it from the trust list.

    `authority` is its id; [authority, purpose, kid, seconds since 1970, size of the log].
    """
    return cbor.write([authority, purpose, kid, int(since.timestamp()), log_size])


def to_json(document: Mapping[str, Any]) -> str:
    """The document for people to read before the root signs it."""
    return json.dumps(document, ensure_ascii=False, indent=2)


def _check_unique(trust_list: TrustList, profiles_listed: int) -> None:
    ids = [authority.id for authority in trust_list.authorities]
    if len(set(ids)) != len(ids) or profiles_listed != len(trust_list.profiles):
        raise BadTrustList("bad-trust-list", "an authority or a profile twice")
    for authority in trust_list.authorities:
        if not authority.names or not authority.profiles <= trust_list.profiles.keys():
            raise BadTrustList("bad-trust-list", f"names or profiles of {authority.id}")


def _time_stamping(data: Mapping[str, Any]) -> TimeStamping:
    return TimeStamping(
        certificate=base64.b64decode(data["certificate"], validate=True),
        not_before=_time(data["not_before"]),
        not_after=_time(data["not_after"]),
    )


def _time_stamping_to_json(authority: TimeStamping) -> dict[str, Any]:
    return {
        "certificate": base64.b64encode(authority.certificate).decode(),
        "not_before": _stamp(authority.not_before),
        "not_after": _stamp(authority.not_after),
    }


def _authority(data: Mapping[str, Any]) -> Authority:
    names = [(date.fromisoformat(each["from"]), Text(**each["name"])) for each in data["names"]]
    names.sort(key=lambda since_and_name: since_and_name[0])
    witnesses = tuple(_witness(each) for each in data["log"].get("witnesses", ()))
    logs = [data["log"], *data["log"].get("successors", ())]
    return Authority(
        id=str(data["id"]),
        names=tuple(names),
        keys=tuple(_key(each) for each in data["keys"]),
        status=tuple(map(_folder_address, data["status"])),
        log_origin=str(logs[-1]["origin"]),
        log_address=_folder_address(logs[-1]["address"]),
        profiles=frozenset(map(_whole, data["profiles"])),
        witnesses=witnesses,
        quorum=_quorum(data["log"].get("quorum", 0), witnesses),
        former_logs=_former_logs(logs),
    )


def _former_logs(logs: Sequence[Mapping[str, Any]]) -> tuple[FormerLog, ...]:
    """All but the last of an authority's logs, each as its successor says that it ended."""
    former = tuple(
        FormerLog(
            origin=str(ended["origin"]),
            address=_folder_address(ended["address"]),
            size=_whole(successor["size"]),
            root=bytes.fromhex(successor["root"]),
        )
        for ended, successor in pairwise(logs)
    )
    sizes = [each.size for each in former]
    if len({each["origin"] for each in logs}) != len(logs) or sizes != sorted(sizes) or 0 in sizes:
        raise ValueError("each log has a name of its own and begins with the entries of the one before it")
    if any(len(each.root) != 32 for each in former):
        raise ValueError("a root is of 32 bytes")
    return former


def _witness(data: Mapping[str, Any]) -> Witness:
    public = PublicKey(jwk={name: str(part) for name, part in data["jwk"].items()})
    if public.algorithm != "EdDSA":
        raise ValueError("a witness signs with Ed25519")
    return Witness(name=str(data["name"]), public=public)


def _quorum(value: object, witnesses: tuple[Witness, ...]) -> int:
    quorum = _whole(value)
    if quorum > len({witness.public.kid for witness in witnesses}):
        raise ValueError("a quorum is of witnesses that are named")
    return quorum


def _key(data: Mapping[str, Any]) -> Key:
    public = PublicKey(jwk={name: str(part) for name, part in data["jwk"].items()})
    if public.kid.hex() != data["kid"] or data["purpose"] not in PURPOSES:
        raise ValueError("kid or purpose")
    if (public.algorithm == "EdDSA") is not (data["purpose"] == "log"):
        raise ValueError("a log signs with Ed25519, everything else with P-256")
    since, size = data.get("compromised_since"), data.get("compromised_log_size")
    if (since is None) is not (size is None):
        raise ValueError("a compromise has a time and a size of the log")
    return Key(
        public=public,
        purpose=data["purpose"],
        not_before=_time(data["not_before"]),
        not_after=_time(data["not_after"]),
        compromised_since=None if since is None else _time(since),
        compromised_log_size=None if size is None else _whole(size),
    )


def _authority_to_json(authority: Authority) -> dict[str, Any]:
    return {
        "id": authority.id,
        "names": [{"from": since.isoformat(), "name": vars(name)} for since, name in authority.names],
        "keys": [_key_to_json(key) for key in authority.keys],
        "status": list(authority.status),
        "log": _log_to_json(authority),
        "profiles": sorted(authority.profiles),
    }


def _log_to_json(authority: Authority) -> dict[str, Any]:
    names = [(each.origin, each.address) for each in authority.former_logs]
    names.append((authority.log_origin, authority.log_address))
    log: dict[str, Any] = {"origin": names[0][0], "address": names[0][1]}
    if authority.former_logs:
        log["successors"] = [
            {"origin": origin, "address": address, "size": ended.size, "root": ended.root.hex()}
            for (origin, address), ended in zip(names[1:], authority.former_logs, strict=True)
        ]
    if authority.witnesses:
        named = [{"name": each.name, "jwk": dict(each.public.jwk)} for each in authority.witnesses]
        log |= {"witnesses": named, "quorum": authority.quorum}
    return log


def _key_to_json(key: Key) -> dict[str, Any]:
    entry: dict[str, Any] = {"kid": key.public.kid.hex(), "jwk": dict(key.public.jwk), "purpose": key.purpose}
    entry |= {"not_before": _stamp(key.not_before), "not_after": _stamp(key.not_after)}
    if key.compromised_since is not None:
        entry |= {"compromised_since": _stamp(key.compromised_since)}
        entry |= {"compromised_log_size": key.compromised_log_size}
    return entry


def _folder_address(value: object) -> str:
    if not isinstance(value, str) or not value.startswith("https://") or not value.endswith("/"):
        raise ValueError("an address begins with https:// and ends with a slash")
    return value


def _whole(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("not a whole number")
    return value


def _time(value: object) -> datetime:
    if not isinstance(value, str) or not value.endswith("Z"):
        raise ValueError("a time is UTC and ends with Z")
    return datetime.fromisoformat(value)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
