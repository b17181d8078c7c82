"""The seal: a CWT in COSE_Sign1 (RFC 9052, RFC 8392, RFC 9864) that states the facts of an instrument."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rukhsa.trust import cbor, seal_text
from rukhsa.trust.errors import BadCbor, BadFacts, BadSeal
from rukhsa.trust.keys import is_low_s

type Fact = int | str | list[int | str | None]

ESP256, ES256 = -9, -7  # RFC 9864; ES256 is read, never written
ALGORITHM, KID = 1, 4
EXPIRES_AT, ISSUED_AT, TOKEN_ID = 4, 6, 7
STATUS, FACTS = 65535, -65537
LOG_INDEX = -65538  # in the unprotected header: a hint, checked by the proof

MAXIMUM_SIZE = 1024
FIRST_BYTE = 0xD2  # COSE_Sign1's tag: the format's discriminator
_LATEST = 253_402_300_800  # the year 10000
_SAFE = 1 << 53  # what JavaScript counts exactly
_TOKEN_ID = re.compile(rb"([A-Za-z0-9][A-Za-z0-9._-]{0,39})/([1-9][0-9]{0,3})")
_STATUS_URI = re.compile(r"https://[a-z0-9.-]+/[A-Za-z0-9._/-]{1,100}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What a seal says. Times are seconds since 1970 UTC; `expires_at` is None where nothing ends it."""

    instrument: str
    version: int
    issued_at: int
    expires_at: int | None
    status_index: int
    status_uri: str
    facts: Mapping[int, Fact]

    @property
    def profile(self) -> int:
        """The code of the document profile that types the facts."""
        code = self.facts[1]
        assert isinstance(code, int)
        return code


@dataclass(frozen=True, kw_only=True)
class Seal:
    """A seal as read: well formed, and not yet verified."""

    claims: Claims
    kid: bytes
    algorithm: int
    signature: bytes
    log_index: int | None
    protected: bytes = field(repr=False)
    payload: bytes = field(repr=False)

    @property
    def signed_bytes(self) -> bytes:
        """RFC 9052 §4.4: what the signature is over."""
        return _signature_structure(self.protected, self.payload)


def to_be_signed(claims: Claims, kid: bytes) -> bytes:
    """The bytes to be signed for `claims` by the key named `kid`. Raises BadSeal."""
    return _signature_structure(_protected(kid), _payload(claims))


def assemble(claims: Claims, kid: bytes, signature: bytes, log_index: int | None) -> bytes:
    """The seal, read back before it is given out. Raises BadSeal."""
    unprotected = {} if log_index is None else {LOG_INDEX: log_index}
    data = b"\xd2" + cbor.write([_protected(kid), unprotected, _payload(claims), signature])
    if read(data).claims != claims:
        raise BadSeal("bad-claims", "the seal does not read back as it was written")
    return data


def read(data: bytes) -> Seal:
    """Read a seal strictly (seal.md §1); its signature is not checked here. Raises BadSeal."""
    if not 0 < len(data) <= MAXIMUM_SIZE:
        raise BadSeal("bad-size", f"{len(data)} bytes; 1 to {MAXIMUM_SIZE} are allowed")
    if data[0] != FIRST_BYTE:
        raise BadSeal("not-a-seal", f"the first byte is {data[0]:02x}")
    try:
        return _seal(cbor.read(data[1:]))
    except BadCbor as error:
        raise BadSeal("bad-cbor", str(error)) from error


def leaf_entry(seal: Seal) -> bytes:
    """The seal's entry in the log: deterministic CBOR of ["seal", SHA-256 of all but the hint]."""
    return _SEAL_ENTRY + hashlib.sha256(seal.protected + seal.payload + seal.signature).digest()


_SEAL_ENTRY = b"\x82\x64seal\x58\x20"
_PROTECTED = {b"\xa2\x01\x28\x04\x48": ESP256, b"\xa2\x01\x26\x04\x48": ES256}


def _signature_structure(protected: bytes, payload: bytes) -> bytes:
    return b"".join(
        (
            b"\x84\x6aSignature1",
            cbor.head(2, len(protected)),
            protected,
            b"\x40",
            cbor.head(2, len(payload)),
            payload,
        )
    )


def _protected(kid: bytes) -> bytes:
    if len(kid) != 8:
        raise BadSeal("bad-header", "a key's name has 8 bytes")
    return cbor.write({ALGORITHM: ESP256, KID: kid})


def _payload(claims: Claims) -> bytes:
    entries: dict[int, object] = {
        ISSUED_AT: claims.issued_at,
        TOKEN_ID: f"{claims.instrument}/{claims.version}".encode(),
        STATUS: {"status_list": {"idx": claims.status_index, "uri": claims.status_uri}},
        FACTS: dict(claims.facts),
    }
    if claims.expires_at is not None:
        entries[EXPIRES_AT] = claims.expires_at
    try:
        return cbor.write(entries)
    except BadCbor as error:
        raise BadSeal("bad-claims", str(error)) from error


def _seal(item: cbor.Value) -> Seal:
    if not isinstance(item, list) or len(item) != 4:
        raise BadSeal("not-a-seal", "not an array of four")
    protected, unprotected, payload, signature = item
    if not (isinstance(protected, bytes) and isinstance(payload, bytes) and isinstance(signature, bytes)):
        raise BadSeal("not-a-seal", "parts of the wrong types")
    algorithm = _PROTECTED.get(protected[:5])
    if algorithm is None or len(protected) != 13:
        raise BadSeal(
            "bad-header", "the protected header holds the algorithm and the key's name, nothing else"
        )
    if len(signature) != 64 or not is_low_s(signature):
        raise BadSeal("bad-signature-form", "r and s of 32 bytes each, s the smaller one")
    return Seal(
        claims=_claims(cbor.read(payload)),
        kid=protected[5:],
        algorithm=algorithm,
        signature=signature,
        log_index=_log_index(unprotected),
        protected=protected,
        payload=payload,
    )


def _log_index(unprotected: cbor.Value) -> int | None:
    if unprotected == {}:
        return None
    if not isinstance(unprotected, dict) or list(unprotected) != [LOG_INDEX]:
        raise BadSeal("bad-header", "the unprotected header may hold the log index and nothing else")
    return _number(unprotected[LOG_INDEX], "bad-header")


def _claims(payload: cbor.Value) -> Claims:
    if not isinstance(payload, dict) or not _REQUIRED <= payload.keys() <= _ALLOWED:
        raise BadSeal("bad-claims", "a claim is missing or unknown")
    instrument, version = _token_id(payload[TOKEN_ID])
    status_index, status_uri = _status(payload[STATUS])
    return Claims(
        instrument=instrument,
        version=version,
        issued_at=_number(payload[ISSUED_AT], "bad-claims", _LATEST),
        expires_at=_number(payload[EXPIRES_AT], "bad-claims", _LATEST) if EXPIRES_AT in payload else None,
        status_index=status_index,
        status_uri=status_uri,
        facts=_facts(payload[FACTS]),
    )


_REQUIRED = {ISSUED_AT, TOKEN_ID, STATUS, FACTS}
_ALLOWED = _REQUIRED | {EXPIRES_AT}


def _token_id(value: cbor.Value) -> tuple[str, int]:
    match = _TOKEN_ID.fullmatch(value) if isinstance(value, bytes) else None
    if match is None:
        raise BadSeal("bad-claims", "cti is the instrument's number, a slash, and its version")
    return match[1].decode(), int(match[2])


def _status(value: cbor.Value) -> tuple[int, str]:
    inner = value.get("status_list") if isinstance(value, dict) and len(value) == 1 else None
    if not isinstance(inner, dict) or inner.keys() != {"idx", "uri"}:
        raise BadSeal("bad-claims", "status names one place in one status list")
    uri = inner["uri"]
    if not isinstance(uri, str) or not _STATUS_URI.fullmatch(uri):
        raise BadSeal("bad-claims", "the status list's address")
    return _number(inner["idx"], "bad-claims", 1 << 32), uri


def _facts(value: cbor.Value) -> dict[int, Fact]:
    if not isinstance(value, dict) or type(value.get(1)) is not int or not 2 <= len(value) <= 24:
        raise BadSeal("bad-facts", "a map of 2 to 24 facts, the first a profile's code")
    facts: dict[int, Fact] = {}
    for key, fact in value.items():
        if not isinstance(key, int) or not 0 < key < 256:
            raise BadSeal("bad-facts", "a fact's key is a number from 1 to 255")
        facts[key] = _parts(fact) if type(fact) is list else _single(fact)
    return facts


def _parts(fact: list[cbor.Value]) -> list[int | str | None]:
    if not 0 < len(fact) <= 8:
        raise BadSeal("bad-facts", "a list of 1 to 8 parts")
    return [None if part is None else _single(part) for part in fact]


def _single(fact: cbor.Value) -> int | str:
    if type(fact) is int and -_SAFE < fact < _SAFE:
        return fact
    if not isinstance(fact, str):
        raise BadSeal("bad-facts", "a fact is a number, a text, or a list of these")
    try:
        seal_text.check(fact)
    except BadFacts as error:
        raise BadSeal("bad-text", error.detail) from error
    return fact


def _number(value: cbor.Value, code: str, limit: int = _SAFE) -> int:
    if type(value) is not int or not 0 <= value < limit:
        raise BadSeal(code, "not a number in its bounds")
    return value
