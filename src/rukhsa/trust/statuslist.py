"""Token Status Lists (draft-ietf-oauth-status-list-21): two bits say how an instrument stands today."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from rukhsa.trust import cbor, jws
from rukhsa.trust.errors import BadCbor, BadSignature, BadStatusList, TrustError
from rukhsa.trust.keys import PublicKey, Signer, base64url, from_base64url

DRAFT = "draft-ietf-oauth-status-list-21"
SUBJECT, EXPIRES_AT, ISSUED_AT, STATUS_LIST, TTL = 2, 4, 6, 65533, 65534
TYPE_HEADER, ALGORITHM, KID = 16, 1, 4
CWT_TYPE, JWT_TYPE = "application/statuslist+cwt", "statuslist+jwt"

VALID, REVOKED, SUSPENDED, SUPERSEDED = range(4)
NAMES = ("valid", "revoked", "suspended", "superseded")
SHARD = 1 << 20
BITS = 2
_COSE = {"ES256": (-7, -9), "EdDSA": (-8, -19)}
_MAXIMUM_TOKEN = 1 << 20
_MAXIMUM_LIST = 1 << 21


@dataclass(frozen=True, kw_only=True)
class StatusList:
    """A status list as read. Times in seconds since 1970 UTC; `ttl` in seconds."""

    uri: str
    issued_at: int
    expires_at: int | None
    ttl: int | None
    bits: int
    statuses: bytes = field(repr=False)

    def get(self, index: int) -> int:
        """The status at `index`. Raises BadStatusList where the list does not reach."""
        return get(self.statuses, index, self.bits)


def new(size: int = SHARD) -> bytearray:
    """A list of `size` places, all valid."""
    return bytearray(size * BITS // 8)


def get(statuses: bytes | bytearray, index: int, bits: int = BITS) -> int:
    """The status at a place: the lowest bits of a byte come first (§4.1)."""
    per_byte = 8 // bits
    if not 0 <= index < len(statuses) * per_byte:
        raise BadStatusList("no-such-index", str(index))
    return statuses[index // per_byte] >> index % per_byte * bits & (1 << bits) - 1


def put(statuses: bytearray, index: int, status: int, bits: int = BITS) -> None:
    """Set the status at a place."""
    get(statuses, index, bits)
    if not 0 <= status < 1 << bits:
        raise BadStatusList("bad-status", str(status))
    shift = index % (8 // bits) * bits
    cleared = statuses[index // (8 // bits)] & ~((1 << bits) - 1 << shift)
    statuses[index // (8 // bits)] = cleared | status << shift


def sign_cwt(
    statuses: bytes | bytearray, *, uri: str, issued_at: int, expires_at: int, ttl: int, signer: Signer
) -> bytes:
    """The list as a signed CWT (§5.2)."""
    algorithm = _COSE[PublicKey(jwk=signer.jwk).algorithm][1]
    protected = cbor.write({ALGORITHM: algorithm, KID: signer.kid, TYPE_HEADER: CWT_TYPE})
    entries = {SUBJECT: uri, EXPIRES_AT: expires_at, ISSUED_AT: issued_at, TTL: ttl}
    payload = cbor.write({**entries, STATUS_LIST: {"bits": BITS, "lst": _squeeze(statuses)}})
    signature = signer.sign(cbor.write(["Signature1", protected, b"", payload]))
    return b"\xd2" + cbor.write([protected, {}, payload, signature])


def sign_jwt(
    statuses: bytes | bytearray, *, uri: str, issued_at: int, expires_at: int, ttl: int, signer: Signer
) -> str:
    """The same list as a signed JWT (§5.1)."""
    lst = base64url(_squeeze(statuses))
    payload = {"sub": uri, "iat": issued_at, "exp": expires_at, "ttl": ttl}
    return jws.sign({**payload, "status_list": {"bits": BITS, "lst": lst}}, type=JWT_TYPE, signer=signer)


def read(token: bytes, *, uri: str, keys: list[PublicKey]) -> StatusList:
    """Read a CWT or JWT that one of `keys` signed for `uri`; its age is not checked. Raises BadStatusList."""
    if len(token) > _MAXIMUM_TOKEN:
        raise BadStatusList("bad-status-list", "too large")
    try:
        status_list = _read_cwt(token, keys) if token[:1] == b"\xd2" else _read_jwt(token, keys)
    except (BadCbor, BadSignature) as error:
        raise BadStatusList("bad-status-list", str(error)) from error
    if status_list.uri != uri:
        raise BadStatusList("bad-status-list", "it is the list of another address")
    return status_list


def check_fresh(status_list: StatusList, *, at: int, skew: int = 300) -> None:
    """Refuse a list that has ended or comes from the future. `at` in seconds. Raises BadStatusList."""
    if status_list.expires_at is None or status_list.expires_at <= at:
        raise BadStatusList("status-expired")
    if status_list.issued_at > at + skew:
        raise BadStatusList("status-from-the-future")


def _read_cwt(token: bytes, keys: list[PublicKey]) -> StatusList:
    item = cbor.read(token[1:])
    if not isinstance(item, list) or len(item) != 4:
        raise BadStatusList("bad-status-list", "not a COSE_Sign1")
    protected, unprotected, payload, signature = item
    if not (isinstance(protected, bytes) and isinstance(payload, bytes) and isinstance(signature, bytes)):
        raise BadStatusList("bad-status-list", "not a COSE_Sign1")
    # No signature holds what stands here: others name their key in it, and nothing else is taken.
    if not isinstance(unprotected, dict) or unprotected.keys() - {4}:
        raise BadStatusList("bad-status-list", "unprotected header")
    header = cbor.read(protected)
    if not isinstance(header, dict) or header.get(TYPE_HEADER) != CWT_TYPE or header.keys() - {1, 4, 16}:
        raise BadStatusList("bad-status-list", "header")
    signed = cbor.write(["Signature1", protected, b"", payload])
    _verify(signature, signed, header.get(ALGORITHM), keys)
    claims = cbor.read(payload, ordered=False)
    if not isinstance(claims, dict):
        raise BadStatusList("bad-status-list", "claims")
    names = {"sub": SUBJECT, "iat": ISSUED_AT, "exp": EXPIRES_AT, "ttl": TTL, "status_list": STATUS_LIST}
    return _status_list({name: claims.get(label) for name, label in names.items()})


def _verify(signature: bytes, signed: bytes, algorithm: object, keys: list[PublicKey]) -> None:
    for key in keys:
        if algorithm not in _COSE[key.algorithm]:
            continue
        try:
            return key.verify(signature, signed)
        except BadSignature:
            continue
    raise BadStatusList("bad-status-list", "no known key signed it")


def _read_jwt(token: bytes, keys: list[PublicKey]) -> StatusList:
    try:
        claims = jws.read(token.decode("ascii").strip(), type=JWT_TYPE, keys=keys)
    except UnicodeDecodeError as error:
        raise BadStatusList("bad-status-list", "neither CWT nor JWT") from error
    entry = claims.get("status_list")
    if isinstance(entry, dict) and isinstance(entry.get("lst"), str):
        try:
            claims["status_list"] = {**entry, "lst": from_base64url(entry["lst"])}
        except TrustError as error:
            raise BadStatusList("bad-status-list", str(error)) from error
    return _status_list(claims)


def _status_list(claims: Mapping[str, Any]) -> StatusList:
    uri, issued_at, entry = claims.get("sub"), claims.get("iat"), claims.get("status_list")
    expires_at, ttl = claims.get("exp"), claims.get("ttl")
    if not isinstance(uri, str) or type(issued_at) is not int or not isinstance(entry, dict):
        raise BadStatusList("bad-status-list", "claims")
    if type(expires_at) not in (int, type(None)) or type(ttl) not in (int, type(None)):
        raise BadStatusList("bad-status-list", "claims")
    return StatusList(
        uri=uri,
        issued_at=issued_at,
        expires_at=expires_at,
        ttl=ttl,
        bits=entry.get("bits", 0),
        statuses=unpack(entry),
    )


def unpack(entry: Mapping[Any, Any]) -> bytes:
    """The statuses of a {"bits", "lst"} entry whose lst is compressed bytes. Raises BadStatusList."""
    bits = entry.get("bits")
    if type(bits) is not int or bits not in (1, 2, 4, 8) or not isinstance(entry.get("lst"), bytes):
        raise BadStatusList("bad-status-list", "bits or lst")
    inflate = zlib.decompressobj()
    try:
        statuses = inflate.decompress(entry["lst"], _MAXIMUM_LIST)
    except zlib.error as error:
        raise BadStatusList("bad-status-list", "not zlib") from error
    if not inflate.eof or inflate.unused_data or inflate.unconsumed_tail:
        raise BadStatusList("bad-status-list", "not one whole zlib stream, or too large")
    return statuses


def _squeeze(statuses: bytes | bytearray) -> bytes:
    return _squeezed(bytes(statuses))


@lru_cache(maxsize=1)  # both forms of a list carry the same bytes
def _squeezed(statuses: bytes) -> bytes:
    return zlib.compress(statuses, 9)
